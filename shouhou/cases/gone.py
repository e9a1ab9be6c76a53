"""Which units a case has taken from the buyer for good."""

from collections.abc import Mapping

from shouhou.cases.rows import CaseRow


def gone_units(case: CaseRow) -> dict[int, int]:
    """Line → units: inspected and accepted, or granted without coming back."""
    granted: Mapping[str, int] = (case.details.get("grant") or {}).get("units") or {}
    return {item.line: item.accepted_quantity or int(granted.get(str(item.line), 0)) for item in case.items}
