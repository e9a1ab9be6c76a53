"""Another way than it was paid by, which only the buyer can agree to (L-03 art. 14): the balance, or a bank account.

Wanted before the refund is sent it is kept by the subject; after a refusal by the refund.
"""

from datetime import datetime
from typing import Literal
from uuid import uuid4

from django.db import transaction

from shouhou.foundation.refusals import refused
from shouhou.ledger import actions as ledger
from shouhou.ledger import recipes
from shouhou.orders.models import Payment
from shouhou.payments.actions.instructing import awaiting
from shouhou.payments.actions.outcome import announce, hold_key
from shouhou.payments.actions.repairing import refused_parts
from shouhou.payments.channels.registry import channel_for
from shouhou.payments.events import REFUND_ROUTE_AGREED
from shouhou.payments.jobs import enqueue_part
from shouhou.payments.models import OtherRoute, Refund, RefundPart, WantedRoute
from shouhou.payments.refusals import ROUTE_INCOMPLETE, ROUTE_NOT_POSSIBLE
from shouhou.payments.rules.elsewhere import Consent, may_go_elsewhere
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.sealed import tail

Kind = Literal["balance", "bank"]
Wish = Literal["original", "balance", "bank"]
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
    payee, bank, account = _whole(kind, payee, bank, account, consent=consent, call_note=call_note)
    with transaction.atomic():
        refund, chosen, _ = refused_parts(number)
        OtherRoute.objects.create(
            refund=refund, kind=kind, payee=payee, bank=bank, account=account, consent=consent, call_note=call_note, by=actor.who, at=now,
        )  # fmt: skip
        if kind == BALANCE:
            for part in chosen:
                enqueue_part(_redirect(refund, part, tender=BALANCE, by=actor.who, now=now).id)
            refund.state = "pending"
        refund.version, refund.updated_at = refund.version + 1, now
        refund.save(update_fields=["state", "version", "updated_at"])
        announce(REFUND_ROUTE_AGREED, refund, now, kind=kind, account=tail(account) if account else "", by=actor.who)
        return refund


def want_route(
    subject: str, *, order_id: int, buyer_id: int, kind: Wish, consent: str, actor: Actor, now: datetime, payee: str = "",
    bank: str = "", account: str = "", call_note: str = "",
) -> WantedRoute:  # fmt: skip
    """Where the buyer wants the refund that is still to be instructed; the newest counts, and of an earlier account nothing stays.

    Raises Refused ROUTE_INCOMPLETE, ROUTE_NOT_POSSIBLE.
    """
    payee, bank, account = _whole(kind, payee, bank, account, consent=consent, call_note=call_note)
    if not any(may_go_elsewhere(tender) for tender in Payment.objects.filter(order_id=order_id).values_list("tender", flat=True)):
        raise refused(ROUTE_NOT_POSSIBLE)
    with transaction.atomic():
        forget_wanted(subject)
        return WantedRoute.objects.create(
            subject=subject, buyer_id=buyer_id, kind=kind, payee=payee, bank=bank, account=account, consent=consent,
            call_note=call_note, by=actor.who, at=now,
        )  # fmt: skip


def send_as_wanted(number: str, *, actor: Actor, now: datetime) -> list[RefundPart]:
    """A refund that still waits for its second person goes where the buyer's newest wish says: other parts take the amounts
    and reservations along. Returns the parts that are to go out now; said twice it is said once.

    Raises Refused REFUND_NOT_AWAITING, REFUND_NOT_FOUND.
    """
    with transaction.atomic():
        refund, parts = awaiting(number)
        consent = wanted_route(refund.subject)
        chosen: list[RefundPart] = []
        for part in parts:
            paid_with = part.payment.tender if part.payment else part.tender
            tender = consent.kind if consent and part.payment and may_go_elsewhere(paid_with) else paid_with
            if tender == part.tender:
                chosen.append(part)
                continue
            ledger.void(hold_key(part), by=actor.who, now=now)
            chosen.append(_redirect(refund, part, tender=tender, by=actor.who, now=now))
        # Nothing was paid to an account that was named before: it is kept no longer.
        OtherRoute.objects.filter(refund=refund).exclude(account="").update(payee="", bank="", account="")
        if consent:
            OtherRoute.objects.create(
                refund=refund, kind=consent.kind, payee=consent.payee, bank=consent.bank, account=consent.account, consent=consent.text,
                call_note=consent.call_note, by=consent.by, at=now,
            )  # fmt: skip
        refund.version, refund.updated_at = refund.version + 1, now
        refund.save(update_fields=["version", "updated_at"])
        return chosen


def wanted_route(subject: str) -> Consent | None:
    """What the newest wish says for the refund's instruction, which takes the account over; None: nothing but the original means.

    An instruction that a second person took back has it still.
    """
    with transaction.atomic():
        found = WantedRoute.objects.filter(subject=subject).order_by("-id").first()
        if found is None or found.kind == "original":
            return None
        payee, bank, account = found.payee, found.bank, found.account
        if found.kind == "bank" and not account:
            before = OtherRoute.objects.filter(refund__subject=subject, kind="bank").order_by("-id").first()
            payee, bank, account = (before.payee, before.bank, before.account) if before else ("", "", "")
        forget_wanted(subject)
        return Consent(
            found.consent, found.by, found.call_note, kind="bank" if found.kind == "bank" else "balance", payee=payee, bank=bank,
            account=account,
        )  # fmt: skip


def forget_wanted(subject: str) -> None:
    """No account is kept for a refund that will not go there."""
    WantedRoute.objects.filter(subject=subject).exclude(account="").update(payee="", bank="", account="")


def _whole(kind: Wish, payee: str, bank: str, account: str, *, consent: str, call_note: str) -> tuple[str, str, str]:
    """Whose account, where and which, as it is kept. Raises Refused ROUTE_INCOMPLETE."""
    payee, bank, account = " ".join(payee.split()), " ".join(bank.split()), "".join(account.split())
    named = kind != "bank" or (payee and bank and len(account) in ACCOUNT_DIGITS and account.isascii() and account.isalnum())
    if not named or not consent or max(len(payee), len(bank)) > NAME_MOST or len(consent) > CONSENT_MOST or len(call_note) > NOTE_MOST:
        raise refused(ROUTE_INCOMPLETE)
    return (payee, bank, account) if kind == "bank" else ("", "", "")


def _redirect(refund: Refund, part: RefundPart, *, tender: str, by: str, now: datetime) -> RefundPart:
    """The part ends; another one takes its amount and its reservation along."""
    part.state, part.updated_at = "cancelled", now
    part.save(update_fields=["state", "updated_at"])
    other = RefundPart.objects.create(
        refund=refund, payment_id=part.payment_id, charge_id=part.charge_id, tender=tender, channel=channel_for(tender),
        amount_minor=part.amount_minor, idempotency_key=uuid4(), updated_at=now,
    )  # fmt: skip
    ledger.hold(
        recipes.refund(
            merchant=refund.merchant_id, buyer=refund.buyer_id, channel=other.channel, tender=other.tender,
            amount_minor=other.amount_minor, bearer=refund.bearer,
        ),
        recipe="refund", subject=refund.subject, currency=refund.currency, key=hold_key(other), by=by, now=now,
    )  # fmt: skip
    return other
