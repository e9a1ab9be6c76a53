"""The pickup code as the consumer shows it at the counter: digits, the same as a picture to scan, and where."""

from typing import Any

from shouhou.cases.pickup_code import DIGITS, pickup_code
from shouhou.cases.rows import CaseRow
from shouhou.logistics.network import place_names
from shouhou.web.page import said
from shouhou.web.shared.slip import code_svg


def pickup_shown(case: CaseRow) -> dict[str, Any] | None:
    """None while nothing can be fetched."""
    code = pickup_code(case)
    if not code:
        return None
    point = str(case.details.get("point") or "")
    names = place_names([point]) if point else {}
    return {"code": f"{code[:DIGITS // 2]} {code[DIGITS // 2:]}", "svg": code_svg(f"{case.number} {code}"),
            "point": said(names[point]) if point in names else ""}  # fmt: skip
