"""The one door for pure decisions: every group of the vectors, answered by the floor that owns the rule."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from shouhou.conduct import vectors as conduct
from shouhou.foundation.refusals import INVALID_INPUT, Refused, refused
from shouhou.payments import vectors as payments
from shouhou.policy import vectors as policy

__all__ = ["answer", "read_facts", "run_vectors"]
FILE_MOST_BYTES = 20_000_000


def answer(vector: Mapping[str, Any]) -> dict[str, Any]:
    """`{"group", "policy", …}` in, the `expect` shape in full out. Raises UNKNOWN_GROUP and what the group refuses.

    A refusal that belongs to the rule itself (BASIS_REQUIRED, BELOW_FLOOR …) is an answer: {"error": code, …}.
    """
    if not isinstance(vector.get("group"), str):
        raise refused(INVALID_INPUT, reason="group")
    try:
        if vector["group"] in payments.GROUPS:
            return payments.answer(vector)
        if vector["group"] in conduct.GROUPS:
            return conduct.answer(vector)
        return policy.answer(vector)
    except (KeyError, TypeError, AttributeError, ValueError, ArithmeticError) as error:
        # A vector is a stranger's text: what is missing or of a wrong shape is named, not a server error.
        raise refused(INVALID_INPUT, reason=f"{type(error).__name__}: {str(error)[:120]}") from error


def read_facts(path: Path) -> dict[str, Any]:
    """One vector from a JSON or YAML file, numbers as Decimal. Raises INVALID_INPUT."""
    if path.stat().st_size > FILE_MOST_BYTES:
        raise refused(INVALID_INPUT, reason=f"{path.name}: > {FILE_MOST_BYTES} bytes")
    try:
        found = policy.read_document(path)
    except yaml.YAMLError as error:
        raise refused(INVALID_INPUT, reason=str(error)[:200]) from error
    if not isinstance(found, dict):
        raise refused(INVALID_INPUT, reason=path.name)
    return found


def run_vectors(path: Path) -> Iterator[dict[str, Any]]:
    """One line per vector `{"id", "ok", "expected", "actual"}`, last `{"passed", "failed"}`.

    A group that nobody answers is a failure, never skipped.
    """
    passed = failed = 0
    for vector in policy.load_vectors(path):
        try:
            actual: dict[str, Any] = answer({k: v for k, v in vector.items() if k not in policy.ABOUT or k == "group"})
        except Refused as refusal:
            actual = {"error": refusal.code, "detail": refusal.sentence("en")}
        expected = vector.get("expect", {})
        ok = policy.matches(expected, actual)
        passed, failed = passed + ok, failed + (not ok)
        yield {"id": vector.get("id"), "ok": ok, "expected": expected, "actual": actual}
    yield {"passed": passed, "failed": failed}
