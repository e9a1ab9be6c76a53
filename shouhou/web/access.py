"""Lists of orders and cases, and files, as far as this person may see them; one by one it is cases/access.py."""

from django.db.models import QuerySet

from shouhou.cases.models import Attachment, Case
from shouhou.insurance.access import claims_of
from shouhou.logistics.models import UnknownParcel
from shouhou.orders.models import Order
from shouhou.payments.models import RefundPaper
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.models import Upload
from shouhou.plumbing.uploads import uploaded_by
from shouhou.settlements.models import RechargeFile
from shouhou.sla.access import appeal_files_of
from shouhou.support.conversations.access import said_to, talks_of
from shouhou.support.conversations.models import SaidFile

RECHARGE_READERS = ("finance", "supervisor", "arbitrator", "auditor")

# Who reads the papers of a refund: bank slips, accounts of buyers.
HOUSE_MONEY = frozenset({"finance", "supervisor", "auditor"})


def orders_of(actor: Actor) -> QuerySet[Order]:
    """The orders this person may see: a buyer's own (a guest's one), a shop's own, or the whole house for its staff."""
    found = Order.objects.select_related("merchant", "buyer")
    if actor.role == "consumer":
        found = found.filter(buyer_id=actor.buyer_id or 0)
        return found if actor.order_id is None else found.filter(pk=actor.order_id)
    if actor.insurer is not None:
        return found.none()
    return found if actor.merchant_id is None else found.filter(merchant_id=actor.merchant_id)


def cases_of(actor: Actor) -> QuerySet[Case]:
    """The cases this person may see."""
    found = Case.objects.select_related("order", "merchant", "buyer")
    if actor.role == "consumer":
        found = found.filter(buyer_id=actor.buyer_id or 0)
        return found if actor.order_id is None else found.filter(order_id=actor.order_id)
    if actor.insurer is not None:
        return found.none()
    return found if actor.merchant_id is None else found.filter(merchant_id=actor.merchant_id)


def unidentified_of(actor: Actor) -> QuerySet[UnknownParcel]:
    """Parcels nobody knows: a shop's own in its warehouse, all of them for the house's staff, none for consumers."""
    if actor.role == "consumer" or actor.insurer is not None:
        return UnknownParcel.objects.none()
    return UnknownParcel.objects.all() if actor.merchant_id is None else UnknownParcel.objects.filter(merchant_id=actor.merchant_id)


def recharge_files_of(actor: Actor) -> QuerySet[RechargeFile]:
    """Evidence on recharges: the shop's own to its people, all of it to whoever decides and audits at the house."""
    found = RechargeFile.objects.all()
    if actor.merchant_id is not None:
        return found.filter(recharge__merchant=actor.merchant_id)
    return found if actor.role in RECHARGE_READERS else found.none()


def upload_of(actor: Actor, token: str) -> Upload | None:
    """A file of a case this person may see, or one they have just uploaded themselves."""
    rows = Upload.objects.filter(token=token, erased_at=None)
    upload = rows.first()
    if upload is None:
        return None
    if actor.insurer is not None:
        return upload if claims_of(actor).filter(facts__receipts__contains=[token]).exists() else None
    if RefundPaper.objects.filter(upload=upload).exists():
        return upload if actor.role in HOUSE_MONEY and actor.merchant_id is None else None
    if (spoken := SaidFile.objects.filter(upload=upload).values_list("said_id", flat=True).first()) is not None:
        return upload if said_to(actor).filter(pk=spoken, conversation__in=talks_of(actor)).exists() else None
    attached = Attachment.objects.filter(upload=upload).values_list("case_id", flat=True).first()
    if attached is None and unidentified_of(actor).filter(photos__upload=upload).exists():
        return upload
    if attached is None and recharge_files_of(actor).filter(upload=upload).exists():
        return upload
    if attached is None and appeal_files_of(actor).filter(upload=upload).exists():
        return upload
    mine = rows.filter(uploaded_by(actor.uploads_as)).exists() if attached is None else cases_of(actor).filter(pk=attached).exists()
    return upload if mine else None
