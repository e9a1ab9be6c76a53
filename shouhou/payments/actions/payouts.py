"""Money and gifts that go out beside what the tenders gave: the same refund, with a part that no payment stands behind."""

from datetime import datetime

from shouhou.ledger.recipes import Bearer
from shouhou.payments.actions.instructing import instruct_refund
from shouhou.payments.models import Charge, Refund
from shouhou.payments.queries import order_money
from shouhou.payments.rules import Quote, TenderShare, payout
from shouhou.plumbing.actor import Actor


def instruct_payout(
    *, subject: str, order_id: int, tender: str, amount_minor: int, key: str, actor: Actor | str, now: datetime,
    second_person_above_minor: int | None, expected_at: datetime | None, merchant_id: int, buyer_id: int, reason: str,
    bearer: Bearer,
) -> Refund:  # fmt: skip
    """`amount_minor` to the buyer as store balance, coupon or points: it takes nothing of what the tenders may still give
    back, and lowers no later return. One per `key`. Raises Refused PAYOUT_UNKNOWN, REFUND_KEY_REUSED."""
    return instruct_refund(
        subject=subject, order_id=order_id, quote=payout(order_money(order_id), tender=tender, amount_minor=amount_minor),
        key=key, actor=actor, now=now, second_person_above_minor=second_person_above_minor, expected_at=expected_at,
        merchant_id=merchant_id, buyer_id=buyer_id, reason=reason, bearer=bearer,
    )  # fmt: skip


def refund_part_for_charge(
    charge: Charge, *, reason: str, actor: Actor, now: datetime, amount_minor: int | None = None, what: str = "refund"
) -> Refund:  # fmt: skip
    """The refund of a charge (None: of all of it): out of what the buyer had paid ahead, or out of what it had become. One
    for each `what`."""
    money, due = order_money(charge.order_id), charge.amount_minor if amount_minor is None else amount_minor
    quote = Quote(
        order_id=charge.order_id, currency=charge.currency, total_minor=due, lines=(),
        tenders=(TenderShare(None, charge.means, due),), basis_minor=money.refunded_minor,
    )  # fmt: skip
    return instruct_refund(
        subject=charge.number, order_id=charge.order_id, quote=quote, key=f"{charge.number}:{what}", actor=actor, now=now,
        second_person_above_minor=None, expected_at=None, merchant_id=charge.merchant_id, buyer_id=charge.buyer_id,
        reason=reason, bearer=f"income:{charge.purpose}" if charge.earned_at else "charges", charge=charge,
    )  # fmt: skip
