"""The closed expression language of clauses: a typed subset of Python expressions, checked when a book is loaded.

Unknown facts: an atom about an unknown fact is false, `not` then applies to that false, `known(x)` asks.
"""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from shouhou.policy.strict_yaml import bad

Kind = Literal["int", "bool", "day", "word"]
MOST_CHARACTERS = 800
MOST_NODES = 120
_ORDERS = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}


@dataclass(frozen=True, slots=True)
class Name:
    """What a name in an expression may stand for. `values` None: any word (an open set)."""

    name: str
    kind: Kind
    nullable: bool = False
    values: frozenset[str] | None = None
    origin: Literal["fact", "derived", "verdict"] = "fact"


@dataclass(frozen=True, slots=True)
class Const:
    value: int | bool | str
    kind: Kind
    values: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Choose:
    """A term whose value depends on one fact."""

    by: Name
    cases: tuple[tuple[str, int | bool | str], ...]
    default: int | bool | str
    kind: Kind
    values: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Sum:
    left: "Expr"
    right: "Expr"
    minus: bool
    kind: Kind


@dataclass(frozen=True, slots=True)
class Roll:
    """The day, or the first day after it that is no public holiday."""

    day: "Expr"


@dataclass(frozen=True, slots=True)
class Compare:
    left: "Expr"
    order: str
    right: "Expr"


@dataclass(frozen=True, slots=True)
class Among:
    item: Name
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    name: Name


@dataclass(frozen=True, slots=True)
class Not:
    inner: "Expr"


@dataclass(frozen=True, slots=True)
class Both:
    """`and` of all parts; an empty one is true."""

    parts: "tuple[Expr, ...]"


@dataclass(frozen=True, slots=True)
class Either:
    """`or` of all parts; an empty one is false."""

    parts: "tuple[Expr, ...]"


Expr = Name | Const | Choose | Sum | Roll | Compare | Among | Known | Not | Both | Either


@dataclass(frozen=True, slots=True)
class Scope:
    """The names an expression may use: facts and derived days, terms (constants), named sets of words."""

    names: Mapping[str, Name]
    terms: Mapping[str, Const | Choose]
    sets: Mapping[str, tuple[str, ...]]


def parse(text: str, *, scope: Scope, where: str, want: Kind = "bool") -> Expr:
    """The checked expression. Raises BAD_BOOK naming `where` for anything outside the language or of a wrong type."""
    if len(text) > MOST_CHARACTERS:
        raise bad(where, f"an expression longer than {MOST_CHARACTERS} characters")
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise bad(where, f"not an expression: {text}") from error
    if sum(1 for _ in ast.walk(tree)) > MOST_NODES:
        raise bad(where, f"an expression of more than {MOST_NODES} parts")
    found = _Reader(scope, where).read(tree.body)
    if kind_of(found) != want:
        raise bad(where, f"{text} is {kind_of(found)}, wanted {want}")
    return found


def kind_of(expr: Expr) -> Kind:
    match expr:
        case Name() | Const() | Choose() | Sum():
            return expr.kind
        case Roll():
            return "day"
        case _:
            return "bool"


def names_in(expr: Expr) -> set[Name]:
    """Every name the expression reads (derived names unexpanded)."""
    match expr:
        case Name():
            return {expr}
        case Const():
            return set()
        case Choose():
            return {expr.by}
        case Sum():
            return names_in(expr.left) | names_in(expr.right)
        case Roll():
            return names_in(expr.day)
        case Compare():
            return names_in(expr.left) | names_in(expr.right)
        case Among():
            return {expr.item}
        case Known():
            return {expr.name}
        case Not():
            return names_in(expr.inner)
        case Both() | Either():
            return set().union(*(names_in(part) for part in expr.parts))


def nullable(expr: Expr) -> set[Name]:
    """The names inside a value expression that may be unknown."""
    return {name for name in names_in(expr) if name.nullable}


class _Reader:
    def __init__(self, scope: Scope, where: str) -> None:
        self.scope = scope
        self.where = where

    def read(self, node: ast.expr) -> Expr:
        match node:
            case ast.BoolOp(op=ast.And()):
                return Both(tuple(self._truth(part) for part in node.values))
            case ast.BoolOp():
                return Either(tuple(self._truth(part) for part in node.values))
            case ast.UnaryOp(op=ast.Not()):
                return Not(self._truth(node.operand))
            case ast.Compare(ops=[order], comparators=[right]):
                return self._compare(node.left, order, right)
            case ast.BinOp(op=ast.Add() | ast.Sub()):
                return self._sum(node)
            case ast.Call(func=ast.Name(id="known"), args=[ast.Name(id=name)], keywords=[]):
                return Known(self._fact(name))
            case ast.Call(func=ast.Name(id="roll"), args=[day], keywords=[]):
                inner = self.read(day)
                if kind_of(inner) != "day":
                    raise self._bad("roll() takes a day")
                return Roll(inner)
            case ast.Name(id=name):
                return self._name(name)
            case ast.Constant(value=value) if type(value) in (int, bool, str):
                return Const(value, {int: "int", bool: "bool", str: "word"}[type(value)])  # type: ignore[arg-type]
            case _:
                raise self._bad(f"{ast.unparse(node)} is not in the language")

    def _truth(self, node: ast.expr) -> Expr:
        found = self.read(node)
        if kind_of(found) != "bool":
            raise self._bad(f"{ast.unparse(node)} is not true or false")
        return found

    def _name(self, name: str) -> Expr:
        if name in self.scope.terms:
            return self.scope.terms[name]
        return self._fact(name)

    def _fact(self, name: str) -> Name:
        if name not in self.scope.names:
            raise self._bad(f"unknown name {name}")
        return self.scope.names[name]

    def _sum(self, node: ast.BinOp) -> Expr:
        left, right = self.read(node.left), self.read(node.right)
        minus = isinstance(node.op, ast.Sub)
        kinds = kind_of(left), kind_of(right)
        results: dict[tuple[Kind, Kind, bool], Kind] = {
            ("int", "int", False): "int", ("int", "int", True): "int", ("day", "int", False): "day",
            ("day", "int", True): "day", ("day", "day", True): "int",
        }  # fmt: skip
        if (*kinds, minus) not in results:
            raise self._bad(f"{ast.unparse(node)}: {kinds[0]} and {kinds[1]} do not add")
        return Sum(left, right, minus, results[(*kinds, minus)])

    def _compare(self, left_node: ast.expr, order: ast.cmpop, right_node: ast.expr) -> Expr:
        if isinstance(order, ast.In | ast.NotIn):
            found = self._among(left_node, right_node)
            if isinstance(order, ast.In):
                return found
            self._positive([found.item], "not in")
            return Not(found)
        symbol = _ORDERS.get(type(order))
        if symbol is None:
            raise self._bad(f"{type(order).__name__} is not in the language")
        left, right = self.read(left_node), self.read(right_node)
        kind = kind_of(left)
        if kind != kind_of(right) or (kind == "word" and symbol not in ("==", "!=")):
            raise self._bad(f"{ast.unparse(left_node)} {symbol} {ast.unparse(right_node)} compares different things")
        if kind == "bool":
            raise self._bad("write `x` or `not x` instead of comparing with true or false")
        if symbol == "!=":
            self._positive(list(nullable(left) | nullable(right)), "!=")
        for name, value in ((left, right), (right, left)):
            if isinstance(name, Name | Const | Choose) and isinstance(value, Const) and isinstance(value.value, str):
                self._value_of(name, value.value)
        return Compare(left, symbol, right)

    def _among(self, item_node: ast.expr, words_node: ast.expr) -> Among:
        item = self.read(item_node)
        if not isinstance(item, Name) or item.kind != "word":
            raise self._bad("`in` asks for a fact with named values")
        match words_node:
            case ast.Name(id=name) if name in self.scope.sets:
                return Among(item, self.scope.sets[name])
            case ast.Tuple(elts=elements) | ast.List(elts=elements) if elements:
                words = [element.value if isinstance(element, ast.Constant) else None for element in elements]
            case _:
                raise self._bad(f"unknown set {ast.unparse(words_node)}")
        for word in words:
            if not isinstance(word, str):
                raise self._bad("a set holds words")
            self._value_of(item, word)
        return Among(item, tuple(str(word) for word in words))

    def _value_of(self, name: Name | Const | Choose, word: str) -> None:
        if name.values is not None and word not in name.values:
            raise self._bad(f"{name.name if isinstance(name, Name) else 'the term'} is never {word!r}")

    def _positive(self, names: list[Name], symbol: str) -> None:
        for name in names:
            if name.nullable:
                raise self._bad(f"{symbol} on {name.name}, which may be unknown: write a positive test or known()")

    def _bad(self, problem: str) -> Exception:
        return bad(self.where, problem)
