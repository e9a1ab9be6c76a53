"""The policy drawn from its books: one markdown page per book and language, for docs/policy and for people."""

from collections.abc import Iterable

from shouhou.policy.book import Clause
from shouhou.policy.compiler import CompiledBook
from shouhou.policy.explain import filled
from shouhou.policy.library import shipped, shipped_ids
from shouhou.policy.terms import Term, rate_words

HEAD = {
    "zh": ("版本", "生效日", "指纹", "条款", "项目", "数值", "来源", "顺序", "规则", "效力", "决定", "原因", "条件", "可发布", "仅供测试"),
    "en": ("Version", "In force from", "Fingerprint", "Clauses", "Term", "Value", "Sources", "Order", "Rule", "Strength",
           "Decides", "Reasons", "When", "publishable", "test profile or overlay"),
}  # fmt: skip
UNITS = {
    "days": ("天", "days"), "hours": ("小时", "hours"), "workdays": ("个工作日", "working days"),
    "months": ("个月", "months"), "percent": ("%", "%"),
}  # fmt: skip


def policy_pages() -> dict[str, str]:
    """File name under docs/policy → markdown, for every shipped book in both languages."""
    return {f"{book}.{language}.md": policy_page(shipped(book), language) for book in shipped_ids() for language in ("zh", "en")}


def policy_page(book: CompiledBook, language: str) -> str:
    """One version of a book as markdown: its five sections with terms and clauses, then freight, pickup and last days."""
    words, held = HEAD[language], book.book
    lines = [
        f"# {held.title.in_(language)} (`{held.id}`)", "",
        f"{words[0]} {held.version} · {words[1]} {held.effective_from} · {words[13] if held.publishable else words[14]}", "",
        f"{words[2]} `{held.sha256[:16]}`", "",
    ]  # fmt: skip
    for section, label in book.vocabulary.words["sections"].items():
        terms = [term for term in held.terms.terms.values() if term.section == section]
        clauses = [clause for clause in held.clauses if clause.section == section]
        if terms or clauses:
            lines += [f"## {label.in_(language)}", ""]
        if terms:
            lines += [*_table((words[4], words[5], words[6]), (_term(book, term, language) for term in terms)), ""]
        if clauses:
            head = (words[7], words[8], words[9], words[10], words[11], words[6])
            lines += [*_table(head, (_clause(book, clause, language) for clause in clauses)), ""]
    lines += _conditions(book, language)
    return "\n".join(lines).rstrip() + "\n"


def _term(book: CompiledBook, term: Term, language: str) -> tuple[str, ...]:
    values = term.values(book.terms.day)
    said = [
        f"{book.vocabulary.facts[term.by].say(word, language)} {_value(term, value, language)}"
        if term.by and word != "default" else _value(term, value, language)
        for word, value in values.items()
    ]  # fmt: skip
    return f"{term.label.in_(language)}<br>`{term.name}`", "<br>".join(said), _sources(book, term.sources, language)


def _value(term: Term, value: int | bool | str, language: str) -> str:
    if term.type == "money" and isinstance(value, int):
        return f"{value // 100}.{value % 100:02d}"
    if term.type == "rate" and isinstance(value, int):
        return rate_words(value)
    if isinstance(value, bool):
        return {"zh": ("否", "是"), "en": ("no", "yes")}[language][value]
    unit = UNITS.get(term.type)
    return f"{value} {unit[language != 'zh']}" if unit else str(value)


def _clause(book: CompiledBook, clause: Clause, language: str) -> tuple[str, ...]:
    vocabulary = book.vocabulary
    services = ", ".join(vocabulary.label("services", service).in_(language) for service in clause.services)
    reasons = "<br>".join(f"`{code}`" for code in clause.reasons)
    return (
        str(clause.rank), f"`{clause.id}` {filled(clause.text.in_(language), book)}",
        vocabulary.label("strengths", clause.strength).in_(language),
        f"{services} {_decides(book, clause, language)}".strip(), reasons, _sources(book, clause.sources, language),
    )  # fmt: skip


def _decides(book: CompiledBook, clause: Clause, language: str) -> str:
    vocabulary = book.vocabulary
    first, _, rest = clause.effect.partition(" ")
    if clause.kind == "freight":
        legs, payers = vocabulary.label("legs", first), vocabulary.label("payers", rest)
        return f"{legs.in_(language)}: {payers.in_(language)}"
    if clause.kind == "pickup":
        return vocabulary.label("pickup", first).in_(language)
    if clause.kind == "mark":
        return f"`{first}`"
    if clause.kind == "deadline":
        derived = next(entry for entry in book.book.derived if entry.name == clause.until) if _is_derived(clause) else None
        label = derived.label if derived else vocabulary.facts[rest].label
        return label.in_(language)
    if clause.kind == "note":
        return ""
    word = {"bar": "deny", "refer": "review", "outside": "na"}.get(clause.kind, clause.effect or "allow")
    return f"**{vocabulary.label('verdicts', word).in_(language)}**"


def _is_derived(clause: Clause) -> bool:
    return clause.until is not None and clause.until.origin == "derived"


def _sources(book: CompiledBook, sources: tuple[str, ...], language: str) -> str:
    return "<br>".join(
        book.vocabulary.sources[source].title.in_(language) if source.startswith(("L-", "ASSUMPTION")) else source for source in sources
    )


def _conditions(book: CompiledBook, language: str) -> list[str]:
    """Every condition to the letter: what the engine really tests."""
    if not book.book.clauses:
        return []
    lines = [f"## {HEAD[language][12]}", "", "```python"]
    for name, words in book.book.scope.sets.items():
        lines.append(f"{name} = {', '.join(words)}")
    lines += [f"{entry.name.name} = {entry.text}" for entry in book.book.derived]
    lines += [f"{clause.id}: {clause.when_text}" for clause in book.book.clauses]
    return [*lines, "```"]


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    return [
        f"| {' | '.join(head)} |", f"|{'---|' * len(head)}",
        *(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows),
    ]  # fmt: skip
