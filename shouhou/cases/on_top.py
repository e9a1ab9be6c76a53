"""Which differences of an exchange a case cannot tell by itself; pure."""

from typing import Any

from shouhou.cases.rows import CaseRow


def doubts(case: CaseRow) -> dict[str, dict[str, Any]]:
    """Code → {"charge", "line", "gone"}: units of that line came back, and some of the line were never replaced."""
    return {f"{each['charge']}:{each['line']}": each for each in case.details.get("on_top_unsure", ())}
