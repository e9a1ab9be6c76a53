"""The code with which a repaired unit is fetched at the counter: of one case and one work order, kept nowhere."""

import hmac
from hashlib import sha256

from django.conf import settings

from shouhou.cases.rows import CaseRow

DIGITS = 6


def pickup_code(case: CaseRow) -> str:
    """Six digits for the consumer while the unit lies ready at a counter; else empty. Another round has another code."""
    waits = case.service == "repair" and case.status == "ready" and case.closed_at is None
    if not waits or not (case.details.get("mode") == "walk_in" or case.details.get("taken")):
        return ""
    about = f"pickup\n{case.number}\n{case.details.get('work_order')}".encode()
    return f"{int.from_bytes(hmac.new(settings.SECRET_KEY.encode(), about, sha256).digest()) % 10**DIGITS:0{DIGITS}d}"


def fits(case: CaseRow, given: str) -> bool:
    """Whether somebody shows this case's code, with or without blanks."""
    code = pickup_code(case)
    return bool(code) and hmac.compare_digest(code.encode(), "".join(given.split()).encode())
