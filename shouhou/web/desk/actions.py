"""The counter's own writes: handing over only to the right person, and which counter somebody works at."""

import hmac
from datetime import datetime

from django.db import transaction

from shouhou.accounts.models import Buyer
from shouhou.cases.actions import make_move
from shouhou.cases.pickup_code import fits
from shouhou.cases.refusals import PICKUP_CODE_WRONG
from shouhou.cases.rows import CaseRow
from shouhou.foundation.refusals import refused
from shouhou.logistics.models import ServicePoint
from shouhou.plumbing import ratelimit
from shouhou.plumbing.actor import Actor
from shouhou.web.desk.refusals import IDENTITY_WRONG
from shouhou.web.models import HomePoint
from shouhou.web.shared.once import once

TRIES, HOUR = 10, 3600
DIGITS = 4
CODE_CHECKED = "已核对取件码 / pickup code checked"
CHECKED = "已核对姓名与手机后四位 / name and last four digits checked"


def hand_over_to(
    case: CaseRow, *, code: str = "", name: str = "", digits: str = "", note: str, version: int, key: str, actor: Actor, now: datetime,
    language: str,
) -> str:  # fmt: skip
    """Hand the unit over, once under the key, when the pickup code is right, or name and last four digits are.

    Every try counts, also a wrong one. Raises PICKUP_CODE_WRONG, IDENTITY_WRONG, RATE_LIMITED, and what the move refuses.
    """
    ratelimit.take(f"hand-over:{case.number}", most=TRIES, per_seconds=HOUR, now=now)
    if not (fits(case, code) if code else _same(name, digits, case)):
        raise refused(PICKUP_CODE_WRONG if code else IDENTITY_WRONG)
    told = {"note": " ".join(filter(None, [note.strip(), CODE_CHECKED if code else CHECKED]))}
    proof = {"code": code} if code else {"checked": "identity"}

    def act() -> str:
        make_move(
            case.number, "hand_over", actor=actor, answers={**told, **proof}, version=version, now=now, language=language
        )
        return case.number

    return once(key, act, actor=actor, now=now)


def keep_home(point: ServicePoint | None, *, actor: Actor, now: datetime) -> None:
    """From now on this is the actor's counter, or none is."""
    user = int(actor.who.removeprefix("user:"))
    with transaction.atomic():
        if point is None:
            HomePoint.objects.filter(user_id=user).delete()
        else:
            HomePoint.objects.update_or_create(user_id=user, defaults={"point": point.code, "kept_at": now})


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
