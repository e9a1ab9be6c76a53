"""A second, slow reading of a book's clauses: Python's own `ast` over a dict of facts, knowing nothing of the compiler."""

import ast
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from shouhou.policy.compiler import CompiledBook
from shouhou.policy.facts import Facts

ORDER = {"undecided": 0, "allow": 1, "allow_paid": 2, "review": 3, "deny": 4, "na": 5}
SERVICES = ("return", "exchange", "repair")


class Reading:
    """Everything a name may mean in one decision."""

    def __init__(self, book: CompiledBook, facts: Facts) -> None:
        self.book = book
        self.facts: dict[str, Any] = asdict(facts)
        self.values: dict[str, Any] = dict(self.facts)
        for name in book.book.terms.terms:
            self.values[name] = self._term(name)
        for derived in book.book.derived:
            self.values[derived.name.name] = self.value(ast.parse(derived.text.strip(), mode="eval").body)

    def holds(self, text: str) -> bool:
        return bool(self.value(ast.parse(text.strip(), mode="eval").body))

    def value(self, node: ast.expr) -> Any:
        if isinstance(node, ast.BoolOp):
            found = [bool(self.value(part)) for part in node.values]
            return all(found) if isinstance(node.op, ast.And) else any(found)
        if isinstance(node, ast.UnaryOp):
            return not self.value(node.operand)
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Name):
            return self.values[node.id]
        if isinstance(node, ast.Call):
            inner = node.args[0]
            assert isinstance(node.func, ast.Name)
            if node.func.id == "known":
                return self.value(inner) is not None
            day = self.value(inner)
            return None if day is None else self.book.rolls.get(day, day)
        if isinstance(node, ast.BinOp):
            left, right = self.value(node.left), self.value(node.right)
            if left is None or right is None:
                return None
            return left + right if isinstance(node.op, ast.Add) else left - right
        assert isinstance(node, ast.Compare)
        return self._compare(node)

    def _compare(self, node: ast.Compare) -> bool:
        left, order, right_node = self.value(node.left), node.ops[0], node.comparators[0]
        if isinstance(order, ast.In | ast.NotIn):
            if isinstance(right_node, ast.Name):
                words: tuple[Any, ...] = self.book.book.scope.sets[right_node.id]
            else:
                assert isinstance(right_node, ast.Tuple | ast.List)
                words = tuple(self.value(element) for element in right_node.elts)
            return bool((left in words) == isinstance(order, ast.In))
        right = self.value(right_node)
        if left is None or right is None:
            return False
        return bool({
            ast.Eq: left == right, ast.NotEq: left != right,
            **({ast.Lt: left < right, ast.LtE: left <= right, ast.Gt: left > right, ast.GtE: left >= right}
               if isinstance(left, int) else {}),
        }[type(order)])  # fmt: skip

    def _term(self, name: str) -> Any:
        term = self.book.book.terms.terms[name]
        values: Mapping[str, Any] = term.values(self.book.book.terms.day)
        if not term.by:
            return values["default"]
        last = sorted(word for word in values if word != "default")[-1]
        return values.get(self.facts[term.by], values.get("default", values[last]))


def interpret(book: CompiledBook, facts: Facts) -> dict[str, Any]:
    """Verdicts, reasons, last days, freight, pickup and marks, clause by clause."""
    reading = Reading(book, facts)
    verdicts = dict.fromkeys(SERVICES, "undecided")
    reasons: set[str] = set()
    clauses = sorted(book.book.clauses, key=lambda clause: (clause.rank, clause.slot))
    words = {"bar": "deny", "refer": "review", "outside": "na"}
    for rank in sorted({clause.rank for clause in clauses if clause.kind in ("grant", "bar", "refer", "outside")}):
        here = [clause for clause in clauses if clause.rank == rank]
        still = {service for service in SERVICES if verdicts[service] == "undecided"}
        decided: set[str] = set()
        for clause in here:
            if clause.kind not in ("grant", "bar", "refer", "outside") or not still & set(clause.services):
                continue
            if not reading.holds(clause.when_text):
                continue
            decided |= set(clause.services)
            reasons |= set(clause.reasons)
            verdict = words.get(clause.kind, clause.effect or "allow")
            for service in still & set(clause.services):
                verdicts[service] = max(verdicts[service], verdict, key=ORDER.__getitem__)
        for clause in here:
            if clause.kind == "note" and decided & still & set(clause.services) and reading.holds(clause.when_text):
                reasons |= set(clause.reasons)
    for service in SERVICES:
        reading.values[f"{service}_verdict"] = verdicts[service]
    found: dict[str, Any] = {"verdicts": verdicts, "reasons": reasons, "until": {}, "freight": {}, "marks": set()}
    for clause in clauses:
        first, _, rest = clause.effect.partition(" ")
        if clause.kind in ("deadline", "freight", "pickup", "mark") and reading.holds(clause.when_text):
            if clause.kind == "deadline":
                found["until"].setdefault(first, reading.values[rest])
            elif clause.kind == "freight":
                found["freight"].setdefault(first, rest)
            elif clause.kind == "pickup":
                found.setdefault("pickup", first)
            else:
                found["marks"].add(first)
    found["until"] = {service: day for service, day in found["until"].items() if day is not None}
    return found
