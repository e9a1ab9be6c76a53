"""The way back that the consumer has paid: claimed, held against the standard, paid once to the balance, on whose account."""

from typing import Any

from shouhou.cases.answers import invalid
from shouhou.cases.clocks import instant_of
from shouhou.cases.conditions import CONDITIONS
from shouhou.cases.effects.compensation import account_of
from shouhou.cases.effects.said import say
from shouhou.cases.events import CASE_FREIGHT_BACK
from shouhou.cases.evidence import attach_tokens
from shouhou.cases.insured import insured_minor
from shouhou.cases.moving import Moving
from shouhou.cases.refusals import FREIGHT_PAID_ALREADY, MOVE_NOT_YOURS
from shouhou.cases.workflows.freight_back import DECISION, UNDER_WAY
from shouhou.foundation.money import Money
from shouhou.foundation.refusals import FieldError, refused
from shouhou.insurance.rules.standards import route
from shouhou.logistics.regions import region_code
from shouhou.merchants.models import ReturnAddress
from shouhou.payments import actions as payments
from shouhou.payments.paid_back import next_key
from shouhou.payments.rules.beside import FREIGHT_BACK
from shouhou.plumbing.events import publish
from shouhou.policy.rules.freight_ceiling import Route, freight_ceiling


def claim(moving: Moving) -> None:
    """Kept with its receipt. Once it stands whose fault it was, a small one is paid by the rule. Raises ANSWERS_INVALID."""
    amount = int(moving.answers["amount"])
    if not amount:
        raise invalid(FieldError("amount", "请填写实付运费。", "Give the freight you paid."))
    attach_tokens(moving.case.id, moving.answers["receipt"], kind="freight_receipt", actor=moving.actor, now=moving.now)
    before = moving.case.details.get("freight") or {}
    # Refused once, it is claimed once more: then the platform looks, not the shop again.
    moving.note(freight={
        "amount": amount, "state": "claimed", "again": bool(before), "at": moving.now.isoformat(), "grams": moving.answers.get("grams"),
    })  # fmt: skip
    if moving.case.status not in UNDER_WAY.split():
        moving.begins.add(DECISION.name)
        fault_stands(moving)


def told_at_sending(moving: Moving) -> None:
    """What was paid for the way, told with its receipt when the goods were sent, is a claim where it is not theirs to bear."""
    amount = int(moving.answers.get("freight_paid") or 0)
    if amount and moving.answers.get("freight_receipt") and CONDITIONS["freight_to_claim"](moving.case, moving.terms):
        moving.note(freight={"amount": amount, "state": "claimed", "again": False, "at": moving.now.isoformat()})


def grant(moving: Moving) -> None:
    """What was claimed, or less; never more than it, and beyond the standard only by a person's word. Raises ANSWERS_INVALID."""
    _not_again_the_shop(moving)
    claimed = int(_claim(moving)["amount"])
    amount = int(moving.answers.get("amount") or min(claimed, _most(moving)))
    if amount > claimed:
        raise invalid(FieldError("amount", "不能超过申报的运费。", "No more than what was claimed."))
    _pay(moving, amount)


def by_rule(moving: Moving) -> None:
    """Within the standard, whatever was claimed; nothing where an insurer has paid it."""
    amount = min(int(_claim(moving)["amount"]), _most(moving))
    if _left(moving, amount) > 0:
        _pay(moving, amount)
    else:
        _close(moving, "refused")


def refuse(moving: Moving) -> None:
    _not_again_the_shop(moving)
    _close(moving, "refused")
    say(moving, f"寄回运费未获退还：{moving.answers['note']}", f"The freight of the way back is not paid back: {moving.answers['note']}")


def not_owed(moving: Moving) -> None:
    _close(moving, "refused")


def fault_stands(moving: Moving) -> None:
    """The goods are decided on: what was claimed by then follows, by rule where it is small."""
    found = moving.case.details.get("freight") or {}
    if found.get("state") != "claimed":
        return
    if moving.case.freight_payer == "customer":
        moving.then("freight_not_owed")
    elif int(found["amount"]) <= moving.terms.number("freight_back_auto_most") and not found["again"]:
        moving.then("grant_freight_by_rule")


def before_closing(moving: Moving) -> None:
    """A claim that nobody has decided when the case ends is decided in the consumer's favour."""
    if (moving.case.details.get("freight") or {}).get("state") == "claimed":
        by_rule(moving)


def _pay(moving: Moving, amount_minor: int) -> None:
    """One payout per case, whatever is claimed again. What an insurer has paid for the same way is not paid twice.

    Raises FREIGHT_PAID_ALREADY.
    """
    case = moving.case
    if (left := _left(moving, amount_minor)) <= 0:
        raise refused(FREIGHT_PAID_ALREADY)
    bearer = _bearer(moving)
    refund = payments.instruct_payout(
        subject=case.number, order_id=case.order_id, tender="balance", amount_minor=left,
        key=next_key(f"{case.number}:freight"), actor=moving.actor, now=moving.now,
        second_person_above_minor=moving.terms.number("second_person_above"), merchant_id=case.merchant_id, buyer_id=case.buyer_id,
        expected_at=instant_of("refund_target_workdays", case, terms=moving.terms, calendar=moving.calendar, start=moving.now),
        reason=FREIGHT_BACK, bearer=bearer,
    )  # fmt: skip
    _close(moving, "granted", granted=left, bearer=bearer, refund=refund.number)
    publish(
        CASE_FREIGHT_BACK, subject=case.number, now=moving.now, merchant_id=case.merchant_id, buyer_id=case.buyer_id,
        data={"number": case.number, "order": case.order, "amount_minor": left, "currency": case.currency, "bearer": bearer,
              "refund": refund.number},
    )  # fmt: skip
    much = Money(left, case.currency)
    say(moving, f"您垫付的寄回运费 {much} 退至商城余额。", f"The freight of {much} that you paid goes to your store balance.")


def _bearer(moving: Moving) -> str:
    """Who is at fault; what the platform pays in another shop's place is advanced, and claimed back (LOG-07)."""
    if moving.case.fault == "carrier":
        return account_of(moving, "carrier")
    if moving.case.fault == "platform":
        return "platform_goodwill"
    return "merchant" if moving.case.channel == "self" else "platform_advance"


def _most(moving: Moving) -> int:
    """The standard; where the book cannot tell it in this currency, what was claimed, which a second person then lets go."""
    if not moving.terms.has_rate:
        return int(_claim(moving)["amount"])
    return freight_ceiling(moving.terms, route=_route(moving), grams=_claim(moving).get("grams"))


def _route(moving: Moving) -> Route | None:
    """From where it was fetched or sent to the shop's address; None: one end is not known."""
    case = moving.case
    to = ReturnAddress.objects.filter(id=case.return_address_id).first() if case.return_address_id else None
    start, end = region_code(case.contact), region_code({"region": to.region, "address": to.address}) if to else ""
    return route(start, end) if start and end else None


def _claim(moving: Moving) -> dict[str, Any]:
    found: dict[str, Any] = moving.case.details["freight"]
    return found


def _close(moving: Moving, state: str, **more: object) -> None:
    moving.note(freight={**_claim(moving), "state": state, **more})


def _left(moving: Moving, amount_minor: int) -> int:
    return min(amount_minor, int(_claim(moving)["amount"]) - _insured(moving))


def _insured(moving: Moving) -> int:
    return insured_minor(moving.case.number)


def _not_again_the_shop(moving: Moving) -> None:
    if _claim(moving)["again"] and moving.actor.merchant_id is not None:
        raise refused(MOVE_NOT_YOURS, label=moving.move.label.zh, move=moving.move.name)
