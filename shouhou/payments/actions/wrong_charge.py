"""What finance does where a channel took another amount than a charge asked for; above the limit a second person agrees first."""

from datetime import datetime

from django.db import transaction

from shouhou.foundation.refusals import OVERTAKEN, refused
from shouhou.ledger import actions as ledger
from shouhou.ledger import recipes
from shouhou.payments.actions.charge_outcome import OTHER_AMOUNT as SEEN
from shouhou.payments.actions.charge_state import announce_charge, held_charge, save_charge
from shouhou.payments.actions.charging import ask_charge
from shouhou.payments.actions.payouts import refund_part_for_charge
from shouhou.payments.events import CHARGE_CONTRADICTION_SETTLED, CHARGE_PAID
from shouhou.payments.models import Charge, ChargeAttempt, ChargeSettlement
from shouhou.payments.refusals import (
    CHARGE_NOT_CONTRADICTED,
    CHARGE_SETTLEMENT_OVER,
    CHARGE_WAY,
    PAID_IMPLAUSIBLE,
    PROOF_REQUIRED,
    SECOND_PERSON_NEEDED,
)
from shouhou.payments.rules.charges import OTHER_AMOUNT, WAYS, Way, at_stake, ways_of
from shouhou.plumbing import audit
from shouhou.plumbing.actor import Actor

PROOF_MOST, REFERENCE_MOST = 500, 120
# Nobody pays a hundred times what was asked by mistake; somebody types two zeros too many.
TIMES_MOST = 100
MEANS = {"wechat": "wechat", "alipay": "alipay"}


def settle_wrong_charge(
    number: str, *, way: str, taken_minor: int, reference: str, proof: str, second_person_above_minor: int, actor: Actor, now: datetime,
) -> ChargeSettlement:  # fmt: skip
    """The channel really took `taken_minor` under its `reference`, as `proof` (its statement) says; `way` is one of WAYS.

    Asked twice is done once. Raises Refused CHARGE_NOT_CONTRADICTED, CHARGE_WAY, PROOF_REQUIRED, PAID_IMPLAUSIBLE, CHARGE_NOT_FOUND.
    """
    reference, proof = reference.strip(), proof.strip()
    if not 0 < len(proof) <= PROOF_MOST or not 0 < len(reference) <= REFERENCE_MOST:
        raise refused(PROOF_REQUIRED)
    with transaction.atomic():
        charge = held_charge(number=number)
        before = ChargeSettlement.objects.filter(charge=charge).exclude(state="declined").first()
        if before is not None and (before.way, before.taken_minor) == (way, taken_minor):
            return before
        _still_wrong(charge)
        if before is not None:
            raise refused(CHARGE_SETTLEMENT_OVER, state=before.state)
        if not 0 < taken_minor <= TIMES_MOST * charge.amount_minor or taken_minor == charge.amount_minor:
            raise refused(PAID_IMPLAUSIBLE, most=TIMES_MOST * charge.amount_minor)
        chosen = _way(charge, way, taken_minor)
        waits = at_stake(chosen, asked_minor=charge.amount_minor, taken_minor=taken_minor) > second_person_above_minor
        made = ChargeSettlement.objects.create(
            charge=charge, way=chosen, taken_minor=taken_minor, reference=reference, proof=proof,
            state="proposed" if waits else "done", by=actor.who, at=now,
        )  # fmt: skip
        if not waits:
            _settle(charge, made, actor=actor, now=now)
        return made


def confirm_wrong_charge(
    number: str, *, agree: bool, actor: Actor, now: datetime, settlement_id: int | None = None,
) -> ChargeSettlement:  # fmt: skip
    """The second person lets happen what they saw (`settlement_id`), or sends it back.

    Raises Refused CHARGE_SETTLEMENT_OVER, SECOND_PERSON_NEEDED, OVERTAKEN.
    """
    with transaction.atomic():
        charge = held_charge(number=number)
        found = ChargeSettlement.objects.select_for_update(no_key=True).filter(charge=charge, state="proposed").first()
        if found is None:
            raise refused(CHARGE_SETTLEMENT_OVER, state="")
        if agree and actor.who == found.by:
            raise refused(SECOND_PERSON_NEEDED)
        if settlement_id is not None and settlement_id != found.pk:
            raise refused(OVERTAKEN, version=found.pk)
        found.state, found.second_by, found.second_at = "done" if agree else "declined", actor.who, now
        found.save(update_fields=["state", "second_by", "second_at"])
        if agree:
            _still_wrong(charge)
            _way(charge, found.way, found.taken_minor)
            _settle(charge, found, actor=actor, now=now)
        return found


def _still_wrong(charge: Charge) -> None:
    told = ChargeAttempt.objects.filter(charge=charge, outcome=SEEN, round=charge.round).exists()
    if not told or charge.paid_at is not None:
        raise refused(CHARGE_NOT_CONTRADICTED, number=charge.number, state=charge.state)


def _way(charge: Charge, way: str, taken_minor: int) -> Way:
    ways = ways_of(
        asked_minor=charge.amount_minor, taken_minor=taken_minor, purpose=charge.purpose, waits=charge.state == "awaiting"
    )  # fmt: skip
    found = next((each for each in ways if each == way), None)
    if found is None:
        raise refused(CHARGE_WAY, ways="、".join(WAYS[each].zh for each in ways))
    return found


def _settle(charge: Charge, chosen: ChargeSettlement, *, actor: Actor, now: datetime) -> None:
    """What came in is booked as it came in; then it is paid, paid in part, or on its way back."""
    asked, taken, waits = charge.amount_minor, chosen.taken_minor, charge.state == "awaiting"
    charge.paid_at, charge.open_there, charge.declined_code, charge.pay_url = now, False, "", ""
    charge.channel_reference, charge.means = chosen.reference, charge.means or MEANS.get(charge.channel, "card")
    charge.state = "refunding" if chosen.way == "back" else "paid"
    if chosen.way in ("as_is", "rest"):
        charge.amount_minor = taken
    else:
        charge.taken_minor = taken
    save_charge(charge, now)
    ledger.post(
        recipes.charge_received(buyer=charge.buyer_id, channel=charge.channel, tender=charge.means, amount_minor=taken),
        recipe="charge_received", subject=charge.subject, currency=charge.currency, key=f"charge:{charge.number}", by=actor.who, now=now,
    )  # fmt: skip
    ChargeAttempt.objects.create(
        charge=charge, round=charge.round, kind="check", outcome="settled", started_at=now, ended_at=now,
        detail=f"{chosen.by}: {chosen.way} {taken} · {chosen.proof}"[:300],
    )  # fmt: skip
    if chosen.way == "surplus":
        refund_part_for_charge(charge, reason=OTHER_AMOUNT, actor=actor, now=now, amount_minor=taken - asked, what="surplus")
    if chosen.way == "back":
        refund_part_for_charge(charge, reason=OTHER_AMOUNT, actor=actor, now=now, amount_minor=taken)
    if chosen.way in ("back", "rest") and waits:
        _ask_anew(charge, asked if chosen.way == "back" else asked - taken, rest=chosen.way == "rest", actor=actor, now=now)
    if chosen.way in ("surplus", "as_is"):
        announce_charge(CHARGE_PAID, charge, now, means=charge.means)
    announce_charge(
        CHARGE_CONTRADICTION_SETTLED, charge, now, way=chosen.way, asked_minor=asked, taken_minor=taken, by=actor.who
    )  # fmt: skip
    audit.note(actor, what="charge.settled", subject=charge.number, detail=f"{chosen.way} {taken} · {chosen.proof}"[:500], now=now)


def _ask_anew(charge: Charge, amount_minor: int, *, rest: bool, actor: Actor, now: datetime) -> None:
    """Another charge for the same thing, with as much time as the first had."""
    made = ask_charge(
        subject=charge.subject, order_id=charge.order_id, merchant_id=charge.merchant_id, buyer_id=charge.buyer_id,
        purpose=charge.purpose, amount_minor=amount_minor, currency=charge.currency, key=f"{charge.number}:{'rest' if rest else 'again'}",
        expires_at=now + (charge.expires_at - charge.asked_at), actor=actor, now=now,
    )  # fmt: skip
    if rest:
        made.rest_of = charge
        made.save(update_fields=["rest_of"])
