"""Which unknown facts can still matter: clauses worked out as far as the known facts go."""

from collections.abc import Mapping
from dataclasses import dataclass

from shouhou.policy.language import Among, Both, Choose, Compare, Const, Either, Expr, Known, Name, Not, Roll, Sum
from shouhou.policy.vocabulary import FactValue


@dataclass(frozen=True, slots=True)
class Settled:
    """A value, or the open facts it still hangs on."""

    value: FactValue
    hangs_on: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Partial:
    """`known` holds every fact; those in `open` are to be found out. `derived` are the book's derived expressions."""

    known: Mapping[str, FactValue]
    open: frozenset[str]
    derived: Mapping[str, Expr]
    rolls: Mapping[int, int]

    def settle(self, expr: Expr) -> Settled:
        """The expression's value as far as it goes."""
        match expr:
            case Const():
                return Settled(expr.value)
            case Name():
                return self._name(expr)
            case Choose():
                by = self._name(expr.by)
                return by if by.hangs_on else Settled(dict(expr.cases).get(str(by.value), expr.default))
            case Known():
                inner = self._name(expr.name)
                return inner if inner.hangs_on else Settled(inner.value is not None)
            case Not():
                inner = self.settle(expr.inner)
                return inner if inner.hangs_on else Settled(not inner.value)
            case Both():
                return self._all(expr.parts, stops_at=False)
            case Either():
                return self._all(expr.parts, stops_at=True)
            case Among():
                item = self._name(expr.item)
                return item if item.hangs_on else Settled(item.value in expr.words)
            case Roll():
                day = self.settle(expr.day)
                return Settled(self.rolls.get(day.value, day.value)) if isinstance(day.value, int) else day
            case Sum() | Compare():
                return self._two(expr)

    def _name(self, name: Name) -> Settled:
        if name.origin == "derived":
            return self.settle(self.derived[name.name])
        return Settled(None, frozenset({name.name})) if name.name in self.open else Settled(self.known[name.name])

    def _all(self, parts: tuple[Expr, ...], *, stops_at: bool) -> Settled:
        """`and` stops at false, `or` at true; what is open joins."""
        hangs: frozenset[str] = frozenset()
        for part in parts:
            found = self.settle(part)
            if not found.hangs_on and bool(found.value) is stops_at:
                return Settled(stops_at)
            hangs |= found.hangs_on
        return Settled(None, hangs) if hangs else Settled(not stops_at)

    def _two(self, expr: Sum | Compare) -> Settled:
        left, right = self.settle(expr.left), self.settle(expr.right)
        if left.hangs_on or right.hangs_on:
            return Settled(None, left.hangs_on | right.hangs_on)
        a, b = left.value, right.value
        if a is None or b is None:
            return Settled(None if isinstance(expr, Sum) else False)
        if isinstance(expr, Compare) and expr.order in ("==", "!="):
            return Settled((a == b) == (expr.order == "=="))
        x, y = int(a), int(b)
        if isinstance(expr, Sum):
            return Settled(x - y if expr.minus else x + y)
        return Settled({"<": x < y, "<=": x <= y, ">": x > y, ">=": x >= y}[expr.order])
