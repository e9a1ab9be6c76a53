"""What is known of shops: who they are and where goods go back to."""

from django.db import connection
from django.db.models import Q, QuerySet

from shouhou.merchants.models import Merchant, Note, ReturnAddress

NOTES_MAX = 400
# A shop without a return address of its own sends its buyers to the self-operated return centre: a buyer's right does
# not wait for a merchant's paperwork (L-02), and the address told is a true one (L-03 art. 11).
RETURN_ADDRESS = """
(SELECT a.id FROM merchants_returnaddress a JOIN merchants_merchant owner ON owner.id = a.merchant_id
 WHERE a.active AND (a.merchant_id = {merchant} OR owner.channel = 'self')
 ORDER BY a.merchant_id = {merchant} DESC, a.is_default DESC, a.id LIMIT 1)
"""


def return_address_of(merchant_id: int) -> int | None:
    """The id of the address that goods of this shop go back to, None when the house has none at all."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + RETURN_ADDRESS.format(merchant="%(shop)s"), {"shop": merchant_id})
        found: int | None = cursor.fetchone()[0]
    return found


def return_addresses(merchant_id: int) -> list[ReturnAddress]:
    """The shop's living return addresses, the default first."""
    return list(ReturnAddress.objects.filter(merchant=merchant_id, active=True).order_by("-is_default", "id"))


def addresses_of(merchant_id: int, *, q: str = "", active: bool | None = True) -> QuerySet[ReturnAddress]:
    """The shop's return addresses, in use, switched off or (None) both, the default first; `q` is a part of any of it."""
    found = ReturnAddress.objects.filter(merchant=merchant_id).order_by("-is_default", "id")
    if active is not None:
        found = found.filter(active=active)
    for word in q.split():
        part = Q(label__icontains=word) | Q(contact__icontains=word) | Q(phone__icontains=word)
        found = found.filter(part | Q(region__icontains=word) | Q(address__icontains=word))
    return found


def notes_on(merchant_id: int, *, buyer_id: int, order: str) -> list[Note]:
    """The shop's own notes about the order and, where their `order` is empty, about its buyer; the newest first."""
    found = Note.objects.filter(merchant=merchant_id, buyer=buyer_id, order__in=["", order], withdrawn_at=None)
    return list(found.order_by("-id")[:NOTES_MAX])


def merchants() -> list[Merchant]:
    """Every active shop, the self-operated first."""
    return list(Merchant.objects.filter(active=True).order_by("channel", "code"))
