"""Which article is owed for each line of an exchange: the one wanted, or the substitute that its buyer took for it (DEF-05, EXG-12)."""

from collections.abc import Mapping
from typing import Any

from shouhou.cases.moving import Moving
from shouhou.cases.rows import CaseRow, ItemRow


def wanted_article(case: CaseRow, item: ItemRow) -> str:
    """The article that is owed for this line."""
    asked = _asked_for(case, item)
    return _taken(case).get(asked, asked)


def is_substitute(case: CaseRow, item: ItemRow) -> bool:
    """Whether the buyer took another article for this line than the one asked for."""
    return _asked_for(case, item) in _taken(case)


def offer_substitute(moving: Moving) -> None:
    """What is offered, and for which lines: those whose article the shop does not have; all where it did not say which."""
    case = moving.case
    missing = (case.details.get("replacement") or {}).get("missing")
    lines = [item.line for item in case.items if missing == wanted_article(case, item)] or [item.line for item in case.items]
    moving.note(
        substitute={**{name: moving.answers.get(name, "") for name in ("sku", "title", "condition", "note")}, "lines": lines}
    )


def take_substitute(moving: Moving) -> None:
    """Another article, and one that is not new, only by consent; it never costs the consumer more."""
    case, offered = moving.case, moving.case.details["substitute"]
    lines = offered.get("lines") or [item.line for item in case.items]
    asked = {_asked_for(case, item) for item in case.items if item.line in lines}
    taken = {**_taken(case), **dict.fromkeys(asked, str(offered["sku"]))}
    moving.note(substitute={**offered, "taken": True}, substitutes={each: sku for each, sku in taken.items() if each != sku})
    moving.then("reserve_replacement")


def _asked_for(case: CaseRow, item: ItemRow) -> str:
    if case.details.get("wanted") == "variant" and case.details.get("wanted_sku"):
        return str(case.details["wanted_sku"])
    return item.sku


def _taken(case: CaseRow) -> Mapping[str, str]:
    """Article asked for → article taken instead. A case of earlier days has one line and one substitute."""
    found: Mapping[str, str] | None = case.details.get("substitutes")
    if found is not None:
        return found
    offered: Mapping[str, Any] = case.details.get("substitute") or {}
    return {_asked_for(case, case.items[0]): str(offered["sku"])} if offered.get("taken") and len(case.items) == 1 else {}
