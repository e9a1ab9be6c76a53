"""Accessories, gifts and parts that a case sends: what is asked for twice, while the goods themselves stay free."""

from collections.abc import Mapping

from shouhou.cases.records import part_key, recorded
from shouhou.cases.refusals import PART_UNDER_WAY
from shouhou.cases.rows import CaseRow
from shouhou.foundation.refusals import FieldError, refused
from shouhou.orders.claims import hold_order


def hold_parts(order_id: int, units: Mapping[int, int], details: Mapping[str, object], *, besides: str = "") -> None:
    """Refuse where another case already sends this accessory of (line → units); two who ask at once come one by one.

    The caller's transaction must be open: the order stays locked for others who ask. Raises PART_UNDER_WAY.
    """
    hold_order(order_id)
    name = part_key(details.get("part_name"))
    seen = recorded(order_id, besides=besides)
    for line in sorted(units):
        if name and line in seen and seen[line].parts_open.get(name):
            told = FieldError("part_name", "正在补发该配件。", "It is being sent already.")
            raise refused(PART_UNDER_WAY, told, part=str(details.get("part_name"))[:120], line=line)


def hold_parts_again(case: CaseRow) -> None:
    """The same for a case that goes on after it had ended. Raises PART_UNDER_WAY."""
    hold_parts(case.order_id, {item.line: item.quantity for item in case.items}, case.details, besides=case.number)
