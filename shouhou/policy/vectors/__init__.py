"""Decision vectors: read without floats, answered by the product's own functions, compared as the file demands."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import yaml

from shouhou.foundation.refusals import refusal, refused
from shouhou.policy.vectors import groups
from shouhou.policy.vectors.eligibility import eligibility_answer, merged, receipt_answer
from shouhou.policy.vectors.publication import publish

UNKNOWN_GROUP = refusal("UNKNOWN_GROUP", "invalid", zh="没有决策组 {group}。", en="There is no group {group}.")
Answer = Callable[[Mapping[str, object]], dict[str, object]]
GROUPS: dict[str, Answer] = {
    "eligibility": eligibility_answer, "receipt": receipt_answer, "publish": publish, "pickup": groups.pickup,
    "freight": groups.freight, "insurance": groups.insurance, "sla": groups.sla, "paid_repair": groups.paid_repair,
    "depreciation": groups.depreciated, "warranty": groups.warranty, "membership": groups.membership,
    "policy_version": groups.policy_version, "satisfaction": groups.satisfied, "kpi": groups.kpi,
    "governance": groups.governance, "invoice": groups.invoice, "overlay": groups.overlay,
}  # fmt: skip
MERGED = ("eligibility", "receipt")
"""Groups whose vectors are laid over the file's `defaults`."""
ABOUT = ("id", "title", "cites", "expect")


def answer(vector: Mapping[str, object]) -> dict[str, object]:
    """The answer in the shape of `expect`, in full. Raises UNKNOWN_GROUP and the group's own refusals."""
    group, facts = str(vector.get("group")), vector.get("facts")
    if group == "refund" and isinstance(facts, Mapping) and facts.get("kind") == "paid_repair":
        group = "paid_repair"
    if group not in GROUPS:
        raise refused(UNKNOWN_GROUP, group=group[:60])
    return GROUPS[group]({key: value for key, value in vector.items() if key not in ABOUT})


def load_vectors(path: Path) -> list[dict[str, Any]]:
    """All vectors of a file, merged over its defaults; days and instants as text, fractions as Decimal. Raises OSError."""
    document = read_document(path)
    defaults = document.get("defaults", {})
    return [
        merged(vector, defaults) if vector.get("group") in MERGED else vector for vector in document.get("vectors", [])
    ]


def read_document(path: Path) -> Any:
    """A YAML or JSON file with fractions as Decimal and days as text. Raises OSError, yaml.YAMLError."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 a SafeLoader


def matches(expected: object, actual: object) -> bool:
    """Mappings key by key (what is not expected is not asserted), lists as sets exactly, numbers to the cent."""
    if isinstance(expected, Mapping):
        if not isinstance(actual, Mapping):
            return False
        return all(key in actual and matches(value, actual[key]) for key, value in expected.items())
    if isinstance(expected, list | tuple):
        if not isinstance(actual, list | tuple) or len(expected) != len(actual):
            return False
        return all(any(matches(one, other) for other in actual) for one in expected) and all(
            any(matches(one, other) for one in expected) for other in actual
        )
    if isinstance(expected, bool) or isinstance(actual, bool) or expected is None or actual is None:
        return expected is actual
    left, right = _number(expected), _number(actual)
    if left is not None and right is not None:
        return left == right
    moment = _instant(expected)
    return expected == actual or (moment is not None and moment == _instant(actual))


def _number(value: object) -> Decimal | None:
    if isinstance(value, int | Decimal):
        return Decimal(value).quantize(Decimal("0.01"))
    if isinstance(value, float):
        return Decimal(repr(value)).quantize(Decimal("0.01"))
    return None


def _instant(value: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) and len(value) > 10 else None
    except ValueError:
        return None
    return found if found and found.tzinfo else None


class _Loader(yaml.SafeLoader):
    """YAML in which 0.1 is a Decimal and a date stays text."""


def _decimal(loader: yaml.Loader, node: yaml.ScalarNode) -> object:
    try:
        return Decimal(node.value)
    except InvalidOperation:
        return node.value


def _text(loader: yaml.Loader, node: yaml.ScalarNode) -> str:
    return str(node.value)


_Loader.add_constructor("tag:yaml.org,2002:float", _decimal)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _text)
