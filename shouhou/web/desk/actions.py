"""Handing over at the counter: only to whoever the case names, told by name and the last digits of the phone."""

import hmac
from datetime import datetime

from shouhou.accounts.models import Buyer
from shouhou.cases.actions import make_move
from shouhou.cases.rows import CaseRow
from shouhou.foundation.refusals import refused
from shouhou.plumbing import ratelimit
from shouhou.plumbing.actor import Actor
from shouhou.web.desk.refusals import IDENTITY_WRONG
from shouhou.web.shared.once import once

TRIES, HOUR = 10, 3600
DIGITS = 4
CHECKED = "已核对姓名与手机后四位 / name and last four digits checked"


def hand_over_to(
    case: CaseRow, *, name: str, digits: str, note: str, version: int, key: str, actor: Actor, now: datetime, language: str
) -> str:  # fmt: skip
    """Hand the unit over, once under the key, when name and last four digits are right. Every try counts, also a wrong one.

    Raises IDENTITY_WRONG, RATE_LIMITED, and what the move refuses.
    """
    ratelimit.take(f"hand-over:{case.number}", most=TRIES, per_seconds=HOUR, now=now)
    if not _same(name, digits, case):
        raise refused(IDENTITY_WRONG)
    told = f"{note.strip()} " if note.strip() else ""

    def act() -> str:
        make_move(
            case.number, "hand_over", actor=actor, answers={"note": f"{told}{CHECKED}"}, version=version, now=now, language=language
        )
        return case.number

    return once(key, act, actor=actor, now=now)


def _same(name: str, digits: str, case: CaseRow) -> bool:
    """Compared with the contact of the case and with the buyer of the order: either of them may fetch it."""
    buyer = Buyer.objects.filter(pk=case.buyer_id).values_list("name", "phone").first() or ("", "")
    known = [(str(case.contact.get("name", "")), str(case.contact.get("phone", ""))), buyer]
    given = "".join(name.split()).casefold()
    return any(
        hmac.compare_digest("".join(each.split()).casefold().encode(), given.encode())
        and hmac.compare_digest(phone.strip()[-DIGITS:].encode(), digits.strip().encode())
        for each, phone in known if each.strip() and len(phone.strip()) >= DIGITS
    )  # fmt: skip
