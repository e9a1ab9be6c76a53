"""A buyer's personal data goes wherever it stands; ledger, history and amounts stay whole (L-19)."""

from datetime import datetime

from django.db import transaction

from shouhou.accounts import ports
from shouhou.accounts.models import ApiKey, Buyer, SignInCode
from shouhou.accounts.sessions import end_all_sessions
from shouhou.foundation.refusals import FORBIDDEN, NOT_FOUND, refusal, refused
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.events import event_type, publish

MAY_ERASE = frozenset({"operations", "supervisor", "system"})
BUYER_HAS_OPEN_CASES = refusal(
    "BUYER_HAS_OPEN_CASES", "conflict",
    zh="该消费者还有 {open} 件未办结的售后，办结后方可删除个人信息。",
    en="{open} matters of this buyer are still open; personal data can be erased when they are closed.",
)  # fmt: skip
BUYER_ERASED = event_type(
    "buyer.erased", zh="消费者个人信息已删除", en="a buyer's personal data was erased", buyer="the buyer's id at the shop"
)


def erase_buyer(external_id: str, *, actor: Actor, now: datetime) -> dict[str, int]:
    """Erase, and say how much of what was removed; a second time removes nothing more.

    Raises Refused: FORBIDDEN, NOT_FOUND, BUYER_HAS_OPEN_CASES.
    """
    if actor.role not in MAY_ERASE:
        raise refused(FORBIDDEN)
    with transaction.atomic():
        buyer = Buyer.objects.select_for_update().filter(external_id=external_id).first()
        if buyer is None:
            raise refused(NOT_FOUND)
        still_open = sum(count(buyer.pk) for count in ports.OPEN_MATTERS)
        if still_open:
            raise refused(BUYER_HAS_OPEN_CASES, open=still_open)
        removed: dict[str, int] = {}
        for eraser in ports.ERASERS:
            for what, count_ in eraser(buyer.pk, now).items():
                removed[what] = removed.get(what, 0) + count_
        removed["sign_in_codes"] = SignInCode.objects.filter(buyer=buyer).delete()[0]
        removed["sessions"] = end_all_sessions(buyer.pk)
        ApiKey.objects.filter(buyer=buyer).update(active=False)
        if buyer.erased_at is None:
            buyer.name = buyer.phone = buyer.email = ""
            buyer.erased_at = now
            buyer.save()
            removed["buyer"] = 1
            publish(BUYER_ERASED, subject=external_id[:60], now=now, buyer_id=buyer.pk, data={"buyer": external_id})
        return removed
