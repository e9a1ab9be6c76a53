"""What people want to be told, how and in which language; and the order of channels that operations set."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import connection, transaction

from shouhou.foundation.refusals import FORBIDDEN, FieldError, refusal, refused
from shouhou.notifications.models import Chain, Preference
from shouhou.notifications.rules.kinds import CHANNELS, KINDS, OUTWARD
from shouhou.plumbing import audit
from shouhou.plumbing.actor import Actor

LANGUAGES = ("", "zh-hans", "en")
FIRSTS = ("", "sms", "email")
NOTICE_MUST = refusal(
    "NOTICE_MUST", "invalid",
    zh="涉及钱款、审核结果和期限的通知，站内始终保留，短信和邮件至少留一种。",
    en="Notices about money, decisions and limits always stand on the site, and go out by text message or by mail.",
)  # fmt: skip
NOTICE_UNKNOWN = refusal(
    "NOTICE_UNKNOWN", "invalid", zh="没有这样的通知开关：{what}。", en="There is no such switch: {what}."
)  # fmt: skip
CHAIN_INVALID = refusal("CHAIN_INVALID", "invalid", zh="渠道顺序有误。", en="These channels cannot follow one another like this.")


def channels_for(kind: str, *, staff: bool) -> tuple[str, ...]:
    """Through which channels a person may be told of this kind: what they can switch."""
    if staff:
        return ("site", "email")
    return ("site", "sms", "email", "call") if "call" in KINDS[kind].chain else ("site", "sms", "email")


@transaction.atomic
def prefer(
    *, language: str, first: str, off: Collection[str], now: datetime, buyer_id: int | None = None, user_id: int | None = None
) -> None:  # fmt: skip
    """All of one person's wishes at once; `off` as "survey:email". Raises NOTICE_UNKNOWN, and NOTICE_MUST with the kinds that must stay."""
    staff = user_id is not None
    possible = {f"{kind}:{channel}" for kind in mine(staff=staff) for channel in channels_for(kind, staff=staff)}
    kept = sorted(set(off))
    if unknown := sorted(set(off) - possible):
        raise refused(NOTICE_UNKNOWN, what=", ".join(unknown))
    wrong = [kind for kind in mine(staff=staff) if KINDS[kind].must and _closed(kind, kept, staff=staff)]
    if wrong:
        raise refused(NOTICE_MUST, *(FieldError(kind, "至少保留一种对外渠道。", "One way out has to stay open.") for kind in wrong))
    _hold(buyer_id, user_id)
    Preference.objects.update_or_create(
        buyer_id=buyer_id, user_id=user_id,
        defaults={
            "language": language if language in LANGUAGES else "", "first": first if first in FIRSTS and not staff else "",
            "off": kept, "changed_at": now,
        },
    )  # fmt: skip


@transaction.atomic
def switch(kind: str, channel: str, *, on: bool, now: datetime, buyer_id: int | None = None, user_id: int | None = None) -> None:
    """One kind through one channel, by the link in a mail; again changes nothing. Raises NOTICE_MUST."""
    if kind not in KINDS or channel not in CHANNELS or KINDS[kind].must:
        raise refused(NOTICE_MUST)
    _hold(buyer_id, user_id)
    row, _ = Preference.objects.get_or_create(buyer_id=buyer_id, user_id=user_id, defaults={"off": [], "changed_at": now})
    off = set(row.off)
    changed = off - {f"{kind}:{channel}"} if on else off | {f"{kind}:{channel}"}
    if changed != off:
        Preference.objects.filter(pk=row.pk).update(off=sorted(changed), changed_at=now)


@transaction.atomic
def set_chain(kind: str, channels: Sequence[str], *, actor: Actor, now: datetime) -> None:
    """The order in which a kind leaves the house, for everybody from now on. Raises FORBIDDEN, CHAIN_INVALID."""
    if actor.role != "operations" or actor.merchant_id is not None:
        raise refused(FORBIDDEN)
    found = KINDS.get(kind)
    if found is None or found.staff or len(set(channels)) != len(channels) or not set(channels) <= set(OUTWARD):
        raise refused(CHAIN_INVALID)
    if "call" in channels and (channels[-1] != "call" or kind != "act"):
        # A call tells of a limit; it comes when nothing else arrived.
        last = FieldError(kind, "电话只能放在最后，且只用于有期限的事。", "A call comes last, and only about a limit.")
        raise refused(CHAIN_INVALID, last)
    if found.must and not {"sms", "email"} & set(channels):
        raise refused(CHAIN_INVALID, FieldError(kind, "短信和邮件至少留一种。", "Text message or mail has to stay."))
    Chain.objects.update_or_create(kind=kind, defaults={"channels": list(channels), "by": actor.who, "changed_at": now})
    audit.note(actor, what="notice_chain.set", subject=kind, detail=" → ".join(channels), now=now)


def forget_wishes(buyer_id: int) -> None:
    """With the erasure of a buyer."""
    Preference.objects.filter(buyer_id=buyer_id).delete()


def mine(*, staff: bool) -> list[str]:
    """The kinds that a buyer, or a member of staff, is told of."""
    return [code for code, kind in KINDS.items() if kind.staff == staff]


def _closed(kind: str, off: Collection[str], *, staff: bool) -> bool:
    """Is what must stay shut: the site, or (for a buyer) both ways out?"""
    return f"{kind}:site" in off or (not staff and {f"{kind}:sms", f"{kind}:email"} <= set(off))


def _hold(buyer_id: int | None, user_id: int | None) -> None:
    """One change at a time for one person, also for the first one."""
    whose = ((buyer_id or user_id or 0) * 2 + (1 if user_id else 0)) % 2**31
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(7305002, %s)", [whose])
