"""From a book to ONE generated Python function: straight-line tests in the order of the ranks, reasons as a bitmask."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby

from shouhou.foundation.days import NO_HOLIDAYS, Calendar, epoch_day
from shouhou.policy.book import DECIDING, Book, Clause, Derived
from shouhou.policy.facts import Facts
from shouhou.policy.language import (
    Among,
    Both,
    Choose,
    Compare,
    Const,
    Either,
    Expr,
    Known,
    Name,
    Not,
    Roll,
    Sum,
    names_in,
    nullable,
)  # fmt: skip
from shouhou.policy.terms import Terms, Value
from shouhou.policy.vocabulary import SERVICES, VERDICTS, Vocabulary

ENGINE_VERSION = 1
PIVOT = "reason"
"""The fact the function branches on first: each branch holds only the clauses that can apply there."""
Outcome = tuple[
    int, int, int, int, int, int | None, int | None, int | None, int, int, int, int,
]  # fmt: skip
"""verdict numbers of return, exchange, repair; reasons mask; clauses mask; last days of the three; payers of return leg
and outbound leg, pickup (index + 1 in the vocabulary's order, 0 for none); marks mask."""
Rolled = Callable[[int, int], int]
Run = Callable[[Facts, Rolled], Outcome]


@dataclass(frozen=True)
class CompiledBook:
    """A book that can decide. `calendar` rolls last days past public holidays; `on` binds another one."""

    book: Book
    vocabulary: Vocabulary
    run: Run
    source: str
    horizon: int
    reads: Mapping[str, frozenset[str]]
    calendar: Calendar = NO_HOLIDAYS
    rolls: Mapping[int, int] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.book.id

    @property
    def version(self) -> str:
        return self.book.version

    @property
    def terms(self) -> Terms:
        return self.book.terms

    def term(self, name: str, **facts: str) -> int:
        """A numeric term: days, hours, counts, minor units. Raises UNKNOWN_TERM."""
        return self.book.terms.number(name, **facts)

    def choice(self, name: str, **facts: str) -> Value:
        """A term that is a word or a flag. Raises UNKNOWN_TERM."""
        return self.book.terms.value(name, **facts)

    def on(self, calendar: Calendar) -> "CompiledBook":
        """The same book with the holidays of the place; nothing is compiled again."""
        rolled = calendar if self.choice("holiday_roll") is True else NO_HOLIDAYS
        return replace(self, calendar=calendar, rolls=roll_table(rolled))


def facts_read(book: Book, expr: Expr) -> set[str]:
    """The facts an expression rests on, through its derived names."""
    derived = {entry.name.name: entry.expr for entry in book.derived}
    found: set[str] = set()
    for name in names_in(expr):
        found |= facts_read(book, derived[name.name]) if name.origin == "derived" else {name.name}
    return found


def roll_table(calendar: Calendar) -> dict[int, int]:
    """For each public holiday the day its periods really end on (民法典 203(1))."""
    return {epoch_day(day): epoch_day(calendar.roll(day)) for day in calendar.holidays if calendar.is_holiday(day)}


def rolling_calendar(book: CompiledBook) -> Calendar:
    """The calendar for days that are counted outside the function, empty when the book does not roll."""
    return book.calendar if book.choice("holiday_roll") is True else NO_HOLIDAYS


def compile_book(book: Book, *, vocabulary: Vocabulary) -> CompiledBook:
    """Generate and compile the function. The source is kept: it is readable and is shown on the policy page."""
    source = "\n".join(_function(book, vocabulary)) + "\n"
    namespace: dict[str, object] = {}
    exec(compile(source, f"<book {book.id} {book.version}>", "exec"), namespace)  # noqa: S102 our own checked text
    return CompiledBook(book, vocabulary, namespace["run"], source, _horizon(book), _reads(book, vocabulary))  # type: ignore[arg-type]


def _function(book: Book, vocabulary: Vocabulary) -> Iterable[str]:
    yield f"# Book {book.id} version {book.version}, engine {ENGINE_VERSION}. Generated: never edit."
    yield "def run(f, rolled):"
    yield "    r = x = p = reasons = clauses = marks = back = out = pickup = 0"
    yield "    until_r = until_x = until_p = None"
    yield f"    pivot = f.{PIVOT}"
    word = "if"
    for value in vocabulary.facts[PIVOT].values:
        yield f"    {word} pivot == {value!r}:"
        yield from _indent(_branch(book, vocabulary, value), 2)
        word = "elif"
    yield "    return r, x, p, reasons, clauses, until_r, until_x, until_p, back, out, pickup, marks"


def _branch(book: Book, vocabulary: Vocabulary, value: str) -> Iterable[str]:
    """Everything that can apply for one value of the pivot."""
    bound = {PIVOT: value}
    clauses = [(clause, fold(clause.when, bound)) for clause in book.clauses]
    live = [(clause, when) for clause, when in clauses if when != Either(())]
    yield from _derived(book.derived, live, bound)
    deciding = [(clause, when) for clause, when in live if clause.kind in (*DECIDING, "note")]
    yield "while True:"
    yield "    undecided = 7"
    for rank, group in groupby(deciding, key=lambda entry: entry[0].rank):
        yield from _indent(_rank(rank, list(group), vocabulary), 1)
    yield "    break"
    for target, clause_of in (
        ("until_r", "return "), ("until_x", "exchange "), ("until_p", "repair "),
        ("back", "return_leg "), ("out", "outbound "), ("pickup", ""),
    ):  # fmt: skip
        kind = "pickup" if target == "pickup" else "freight" if target in ("back", "out") else "deadline"
        entries = [(c, w) for c, w in live if c.kind == kind and c.effect.startswith(clause_of)]
        yield from _first(target, entries, vocabulary)
    for clause, when in live:
        if clause.kind == "mark":
            bit = vocabulary.marks[clause.effect].bit
            yield from _if("if", clause, when, [f"marks |= {1 << bit}; clauses |= {1 << clause.slot}"])


def _derived(derived: tuple[Derived, ...], live: list[tuple[Clause, Expr]], bound: Mapping[str, str]) -> Iterable[str]:
    wanted = {name.name for _, when in live for name in names_in(when)}
    wanted |= {clause.effect.partition(" ")[2] for clause, _ in live if clause.kind == "deadline"}
    for entry in reversed(derived):
        if entry.name.name in wanted:
            wanted |= {name.name for name in names_in(entry.expr)}
    for entry in derived:
        if entry.name.name not in wanted:
            continue
        expr, target = fold(entry.expr, bound), f"d_{entry.name.name}"
        guards = sorted(_read(name) for name in nullable(expr)) if entry.name.kind != "bool" else []
        lines = _assign(target, expr)
        if not guards:
            yield from lines
            continue
        yield f"if {' or '.join(f'{guard} is None' for guard in guards)}:"
        yield f"    {target} = None"
        yield "else:"
        yield from _indent(lines, 1)


def _assign(target: str, expr: Expr) -> list[str]:
    if isinstance(expr, Roll):
        return [f"{target} = {emit(expr.day)}", f"{target} = rolled({target}, {target})"]
    return [f"{target} = {emit(expr)}"]


def _rank(rank: int, entries: list[tuple[Clause, Expr]], vocabulary: Vocabulary) -> Iterable[str]:
    """All clauses of one rank: those that apply decide together the services still undecided."""
    every = 0
    for clause, _ in entries:
        every |= _bits(clause)
    yield f"if undecided & {every}:  # rank {rank}"
    yield "    decided = 0"
    for clause, when in (entry for entry in entries if entry[0].kind != "note"):
        bits = _bits(clause)
        guard = "" if bits == every else f"undecided & {bits}"
        test = " and ".join(part for part in (guard, _part(when) if when != Both(()) else "") if part)
        lines = [f"decided |= {bits}; clauses |= {1 << clause.slot}{_reasons(clause, vocabulary)}"]
        for bit, variable in ((1, "r"), (2, "x"), (4, "p")):
            if bits & bit:
                # An undecided service stands at 0, so the largest verdict of the rank is what remains.
                lines.append(f"if {_still(bits, bit)}{variable} < {clause.verdict}: {variable} = {clause.verdict}")
        if test:
            yield f"    if {test}:  # {clause.id}"
            yield from _indent(lines, 2)
        else:
            yield from _indent([f"# {clause.id}", *lines], 1)
    for clause, when in (entry for entry in entries if entry[0].kind == "note"):
        yield f"    if decided & undecided & {_bits(clause)} and {_part(when)}:  # {clause.id}"
        yield f"        clauses |= {1 << clause.slot}{_reasons(clause, vocabulary)}"
    yield "    if decided:"
    yield "        undecided &= ~decided"
    yield "        if not undecided: break"


def _still(bits: int, bit: int) -> str:
    """The test that the service is undecided; needless when the clause names only this one."""
    return "" if bits == bit else f"undecided & {bit} and "


def _first(target: str, entries: list[tuple[Clause, Expr]], vocabulary: Vocabulary) -> Iterable[str]:
    word = "if"
    for clause, when in entries:
        yield from _if(word, clause, when, [f"{target} = {_effect(clause, vocabulary)}; clauses |= {1 << clause.slot}"])
        if when == Both(()):
            return
        word = "elif"


def _if(word: str, clause: Clause, when: Expr, lines: list[str]) -> Iterable[str]:
    """`if when: lines`, without the test where it is always true."""
    if when == Both(()) and word == "if":
        yield f"# {clause.id}"
        yield from lines
        return
    yield f"else:  # {clause.id}" if when == Both(()) else f"{word} {emit(when)}:  # {clause.id}"
    yield from _indent(lines, 1)


def _effect(clause: Clause, vocabulary: Vocabulary) -> str:
    first, _, rest = clause.effect.partition(" ")
    if clause.kind == "deadline":
        return _read(clause.until) if clause.until else "None"
    group, word = ("payers", rest) if clause.kind == "freight" else ("pickup", first)
    return str(list(vocabulary.words[group]).index(word) + 1)


def _bits(clause: Clause) -> int:
    return sum(1 << SERVICES.index(service) for service in clause.services)


def _reasons(clause: Clause, vocabulary: Vocabulary) -> str:
    mask = 0
    for code in clause.reasons:
        mask |= 1 << vocabulary.reasons[code].bit
    return f"; reasons |= {mask}" if mask else ""


def _horizon(book: Book) -> int:
    """How many days after a receipt a window can end: holidays beyond it move nothing."""
    return max((_most(entry.expr) for entry in book.derived), default=0)


def _reads(book: Book, vocabulary: Vocabulary) -> dict[str, frozenset[str]]:
    """For each value of the pivot the facts its verdicts rest on."""
    found: dict[str, frozenset[str]] = {}
    for value in vocabulary.facts[PIVOT].values:
        folded = (fold(clause.when, {PIVOT: value}) for clause in book.clauses if clause.kind in DECIDING)
        found[value] = frozenset().union(*(facts_read(book, when) for when in folded if when != Either(())))
    return found


def _most(expr: Expr) -> int:
    match expr:
        case Const(value=value) if type(value) is int:
            return value
        case Choose():
            return max(int(value) for value in (*dict(expr.cases).values(), expr.default) if type(value) is int)
        case Sum():
            return _most(expr.left) + _most(expr.right)
        case Roll():
            return _most(expr.day)
        case _:
            return 0


def _indent(lines: Iterable[str], levels: int) -> Iterable[str]:
    return (f"{'    ' * levels}{line}" for line in lines)


def fold(expr: Expr, bound: Mapping[str, str]) -> Expr:
    """The expression with the bound facts and all constants worked out; Both(()) is true, Either(()) is false."""
    match expr:
        case Name() if expr.origin == "fact" and expr.name in bound:
            return Const(bound[expr.name], "word")
        case Sum():
            return replace(expr, left=fold(expr.left, bound), right=fold(expr.right, bound))
        case Roll():
            return Roll(fold(expr.day, bound))
        case Choose() if expr.by.name in bound:
            return Const(dict(expr.cases).get(bound[expr.by.name], expr.default), expr.kind)
        case Compare():
            left, right = fold(expr.left, bound), fold(expr.right, bound)
            if isinstance(left, Const) and isinstance(right, Const):
                return _truth(_compare(left.value, expr.order, right.value))
            return Compare(left, expr.order, right)
        case Among() if expr.item.name in bound:
            return _truth(bound[expr.item.name] in expr.words)
        case Const() if expr.kind == "bool":
            return _truth(bool(expr.value))
        case Not():
            inner = fold(expr.inner, bound)
            return _truth(inner == Either(())) if inner in (Both(()), Either(())) else Not(inner)
        case Both():
            parts = [part for part in (fold(part, bound) for part in expr.parts) if part != Both(())]
            return Either(()) if Either(()) in parts else parts[0] if len(parts) == 1 else Both(tuple(parts))
        case Either():
            parts = [part for part in (fold(part, bound) for part in expr.parts) if part != Either(())]
            return Both(()) if Both(()) in parts else parts[0] if len(parts) == 1 else Either(tuple(parts))
        case _:
            return expr


def _truth(value: bool) -> Expr:
    return Both(()) if value else Either(())


def _compare(left: Value, order: str, right: Value) -> bool:
    if order in ("==", "!="):
        return (left == right) == (order == "==")
    a, b = int(left), int(right)
    return {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[order]


def emit(expr: Expr) -> str:
    """Python text of a checked expression; every constant in it passed the type check."""
    match expr:
        case Name():
            return _read(expr)
        case Const():
            return repr(expr.value)
        case Choose():
            if len(expr.cases) == 1:
                (word, value), = expr.cases
                return f"({value!r} if {_read(expr.by)} == {word!r} else {expr.default!r})"
            return f"{dict(expr.cases)!r}.get({_read(expr.by)}, {expr.default!r})"
        case Sum():
            return f"({emit(expr.left)} {'-' if expr.minus else '+'} {emit(expr.right)})"
        case Compare():
            return _comparison(expr)
        case Among():
            return f"{_read(expr.item)} in {expr.words!r}"
        case Known():
            return f"{_read(expr.name)} is not None"
        case Not():
            return f"not ({emit(expr.inner)})"
        case Both():
            return " and ".join(_part(part) for part in expr.parts) or "True"
        case Either():
            return "(" + " or ".join(_part(part) for part in expr.parts) + ")" if expr.parts else "False"
        case Roll():
            raise ValueError("roll() stands only at the head of a derived day")


def _comparison(expr: Compare) -> str:
    left, order, right = expr.left, expr.order, expr.right
    if isinstance(left, Name) and left.origin == "verdict" and isinstance(right, Const):
        right = Const(VERDICTS.index(str(right.value)), "int")
    guards = "" if order == "==" and isinstance(left, Name) and isinstance(right, Const) else "".join(
        f"{_read(name)} is not None and " for name in sorted(nullable(expr), key=lambda name: name.name)
    )
    return f"{guards}{emit(left)} {order} {emit(right)}"


def _part(expr: Expr) -> str:
    text = emit(expr)
    return f"({text})" if isinstance(expr, Compare | Both) and " and " in text else text


def _read(name: Name) -> str:
    if name.origin == "verdict":
        return {"return_verdict": "r", "exchange_verdict": "x", "repair_verdict": "p"}[name.name]
    return f"d_{name.name}" if name.origin == "derived" else f"f.{name.name}"


