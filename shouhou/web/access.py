"""Lists of orders and cases, and files, as far as this person may see them; one by one it is cases/access.py."""

from django.db.models import QuerySet

from shouhou.cases.models import Attachment, Case
from shouhou.logistics.models import UnknownParcel
from shouhou.orders.models import Order
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.models import Upload


def orders_of(actor: Actor) -> QuerySet[Order]:
    """The orders this person may see: a buyer's own (a guest's one), a shop's own, or the whole house for its staff."""
    found = Order.objects.select_related("merchant", "buyer")
    if actor.role == "consumer":
        found = found.filter(buyer_id=actor.buyer_id or 0)
        return found if actor.order_id is None else found.filter(pk=actor.order_id)
    return found if actor.merchant_id is None else found.filter(merchant_id=actor.merchant_id)


def cases_of(actor: Actor) -> QuerySet[Case]:
    """The cases this person may see."""
    found = Case.objects.select_related("order", "merchant", "buyer")
    if actor.role == "consumer":
        found = found.filter(buyer_id=actor.buyer_id or 0)
        return found if actor.order_id is None else found.filter(order_id=actor.order_id)
    return found if actor.merchant_id is None else found.filter(merchant_id=actor.merchant_id)


def unidentified_of(actor: Actor) -> QuerySet[UnknownParcel]:
    """Parcels nobody knows: a shop's own in its warehouse, all of them for the house's staff, none for consumers."""
    if actor.role == "consumer":
        return UnknownParcel.objects.none()
    return UnknownParcel.objects.all() if actor.merchant_id is None else UnknownParcel.objects.filter(merchant_id=actor.merchant_id)


def upload_of(actor: Actor, token: str) -> Upload | None:
    """A file of a case this person may see, or one they have just uploaded themselves."""
    upload = Upload.objects.filter(token=token, erased_at=None).first()
    if upload is None:
        return None
    attached = Attachment.objects.filter(upload=upload).values_list("case_id", flat=True).first()
    if attached is None and unidentified_of(actor).filter(photos__upload=upload).exists():
        return upload
    mine = upload.uploaded_by == actor.who if attached is None else cases_of(actor).filter(pk=attached).exists()
    return upload if mine else None
