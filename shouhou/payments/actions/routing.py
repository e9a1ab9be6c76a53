"""Another way than it was paid by, which only the buyer can agree to (L-03 art. 14): the balance, or a bank account."""

from datetime import datetime
from typing import Literal
from uuid import uuid4

from django.db import transaction

from shouhou.foundation.refusals import refused
from shouhou.ledger import actions as ledger
from shouhou.ledger import recipes
from shouhou.payments.actions.outcome import announce, hold_key
from shouhou.payments.actions.repairing import refused_parts
from shouhou.payments.channels.registry import channel_for
from shouhou.payments.events import REFUND_ROUTE_AGREED
from shouhou.payments.jobs import enqueue_part
from shouhou.payments.models import OtherRoute, Refund, RefundPart
from shouhou.payments.refusals import ROUTE_INCOMPLETE
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.sealed import tail

Kind = Literal["balance", "bank"]
BALANCE = "balance"
NAME_MOST, CONSENT_MOST, NOTE_MOST = 80, 300, 500
ACCOUNT_DIGITS = range(8, 35)


def agree_route(
    number: str, *, kind: Kind, consent: str, actor: Actor, now: datetime, payee: str = "", bank: str = "", account: str = "",
    call_note: str = "",
) -> Refund:  # fmt: skip
    """The buyer agrees that what a channel refused goes elsewhere; `consent` is the text, `call_note` how it was said by phone.

    To the balance it is sent at once, as another part with a key of its own: should the first channel pay after all, that
    goes to a person. To a bank account finance pays it, with proof. Raises Refused ROUTE_INCOMPLETE, REFUND_NOT_REFUSED,
    REFUND_IN_BATCH, REFUND_NOT_FOUND.
    """
    payee, bank, account = " ".join(payee.split()), " ".join(bank.split()), "".join(account.split())
    named = kind == BALANCE or (payee and bank and len(account) in ACCOUNT_DIGITS and account.isascii() and account.isalnum())
    if not named or not consent or max(len(payee), len(bank)) > NAME_MOST or len(consent) > CONSENT_MOST or len(call_note) > NOTE_MOST:
        raise refused(ROUTE_INCOMPLETE)
    with transaction.atomic():
        refund, chosen, _ = refused_parts(number)
        OtherRoute.objects.create(
            refund=refund, kind=kind, payee=payee, bank=bank, account=account, consent=consent, call_note=call_note, by=actor.who, at=now,
        )  # fmt: skip
        if kind == BALANCE:
            for part in chosen:
                _redirect(refund, part, by=actor.who, now=now)
            refund.state = "pending"
        refund.version, refund.updated_at = refund.version + 1, now
        refund.save(update_fields=["state", "version", "updated_at"])
        announce(REFUND_ROUTE_AGREED, refund, now, kind=kind, account=tail(account) if account else "", by=actor.who)
        return refund


def _redirect(refund: Refund, part: RefundPart, *, by: str, now: datetime) -> None:
    """The refused part ends; another one takes its amount and its reservation along."""
    part.state, part.updated_at = "cancelled", now
    part.save(update_fields=["state", "updated_at"])
    other = RefundPart.objects.create(
        refund=refund, payment_id=part.payment_id, charge_id=part.charge_id, tender=BALANCE, channel=channel_for(BALANCE),
        amount_minor=part.amount_minor, idempotency_key=uuid4(), updated_at=now,
    )  # fmt: skip
    ledger.hold(
        recipes.refund(
            merchant=refund.merchant_id, buyer=refund.buyer_id, channel=other.channel, tender=other.tender,
            amount_minor=other.amount_minor, bearer=refund.bearer,
        ),
        recipe="refund", subject=refund.subject, currency=refund.currency, key=hold_key(other), by=by, now=now,
    )  # fmt: skip
    enqueue_part(other.id)
