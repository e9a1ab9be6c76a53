"""Reading what consumers were asked to pay."""

from datetime import datetime
from typing import Any

from shouhou.foundation.refusals import refused
from shouhou.payments.channels.base import PaidInside
from shouhou.payments.channels.registry import WAYS, inside_channel
from shouhou.payments.models import Charge
from shouhou.payments.refusals import CHARGE_NOT_FOUND
from shouhou.payments.rules.charges import CHARGE_STATES, PURPOSES


def charges_of(subject: str, *, language: str = "zh-hans") -> list[dict[str, Any]]:
    """Every charge of a subject, oldest first."""
    return [_shown(charge, language) for charge in Charge.objects.filter(subject=subject).order_by("id")]


def charge_json(number: str, *, language: str = "zh-hans") -> dict[str, Any]:
    """One charge with its tries. Raises Refused CHARGE_NOT_FOUND."""
    charge = _charge(number)
    return {
        **_shown(charge, language),
        "attempts": [
            {"round": a.round, "kind": a.kind, "outcome": a.outcome, "detail": a.detail, "at": _iso(a.ended_at)}
            for a in charge.attempts.order_by("id")
        ],
    }  # fmt: skip


def charge_for_buyer(number: str, buyer_id: int, *, language: str) -> dict[str, Any]:
    """The buyer's own charge; a stranger's is not there. Raises Refused CHARGE_NOT_FOUND."""
    charge = _charge(number)
    if charge.buyer_id != buyer_id:
        raise refused(CHARGE_NOT_FOUND, number=number[:20])
    return _shown(charge, language)


def inside_of(number: str) -> PaidInside | None:
    """The channel of a charge, where it can be paid in the channel's own app; None otherwise. Raises Refused CHARGE_NOT_FOUND."""
    charge = _charge(number)
    return inside_channel(charge.channel) if charge.state == "awaiting" else None


def _charge(number: str) -> Charge:
    found = Charge.objects.filter(number=number).first()
    if found is None:
        raise refused(CHARGE_NOT_FOUND, number=number[:20])
    return found


def _shown(charge: Charge, language: str) -> dict[str, Any]:
    """`can_pay`: the channel's page is ready; `preparing`: it will be in a moment; `declined`: the last try came to nothing.

    `way`: how it is opened, by a code to `scan`, on a `phone` or `inside` the channel's app; `ways`: how else it could be.
    """
    waiting = charge.state == "awaiting"
    url = charge.pay_url if waiting and charge.wanted is None else ""
    way = (charge.wanted or charge.payer).get("way", "scan")
    return {
        "number": charge.number, "subject": charge.subject, "purpose": charge.purpose,
        "label": PURPOSES[charge.purpose].in_(language), "state": charge.state,
        "state_label": CHARGE_STATES[charge.state].in_(language),
        "amount": {"amount": charge.amount_minor, "currency": charge.currency}, "url": url,
        "can_pay": bool(url), "preparing": waiting and not url and not charge.declined_code,
        "way": way, "ways": sorted(WAYS.get(charge.channel, frozenset()) - {way}) if waiting else [],
        "declined": charge.declined_code if waiting else "", "means": charge.means or None,
        "asked_at": _iso(charge.asked_at), "expires_at": _iso(charge.expires_at), "paid_at": _iso(charge.paid_at),
        "ended_at": _iso(charge.ended_at), "earned_at": _iso(charge.earned_at),
    }  # fmt: skip


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None
