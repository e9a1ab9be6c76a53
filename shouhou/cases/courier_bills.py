"""A courier's bill read and matched with our pickups: which case each line is for, and who bears that way (LOG-06, LOG-07)."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from io import StringIO

from django.db.models import Q

from shouhou.cases.models import Case
from shouhou.foundation.money import Money
from shouhou.foundation.refusals import refused
from shouhou.logistics.models import Pickup
from shouhou.merchants.models import Merchant
from shouhou.payments.actions import take_courier_bill
from shouhou.payments.actions.courier_bills import Billed, Borne
from shouhou.payments.models import CourierBill
from shouhou.payments.refusals import COURIER_BILL_UNREADABLE
from shouhou.plumbing.actor import Actor

COLUMNS = ("reference", "amount", "currency")
ROWS_MOST, MINOR_MOST, AT_ONCE = 50_000, 10**9, 5000


def take_bill(carrier: str, data: bytes, *, name: str, actor: Actor, now: datetime) -> CourierBill:
    """A CSV file with the columns reference (the pickup's number, ours or the courier's), amount and currency.

    Raises Refused COURIER_BILL_UNREADABLE, FORBIDDEN.
    """
    rows = read_bill(data)
    known = borne_by(carrier, [row.reference for row in rows])
    return take_courier_bill(carrier, rows, known, name=name, sha256=sha256(data).hexdigest(), actor=actor, now=now)


def read_bill(data: bytes) -> list[Billed]:
    """Raises Refused COURIER_BILL_UNREADABLE with the row."""
    try:
        text = _text(data)
        if "\x00" in text:
            raise ValueError("NUL")
        reader = csv.DictReader(StringIO(text), strict=True)
        if set(COLUMNS) - set(reader.fieldnames or ()):
            raise refused(COURIER_BILL_UNREADABLE, row=1, reason=", ".join(COLUMNS))
        found = [_row(place, row) for place, row in enumerate(reader, start=2)]
    except (UnicodeDecodeError, csv.Error, ValueError) as error:
        raise refused(COURIER_BILL_UNREADABLE, row=1, reason=str(error)[:100]) from error
    if not 0 < len(found) <= ROWS_MOST:
        raise refused(COURIER_BILL_UNREADABLE, row=len(found), reason=f"1–{ROWS_MOST}")
    return found


def borne_by(carrier: str, references: Iterable[str]) -> dict[str, Borne]:
    """Which pickup of the carrier each reference is; those of no case are left out."""
    wanted = set(references)
    pickups: list[Pickup] = []
    cases: dict[str, Case] = {}
    for names in _parts(sorted(wanted)):
        pickups += Pickup.objects.filter(Q(number__in=names) | Q(carrier_reference__in=names), carrier=carrier)
    for subjects in _parts(sorted({each.subject for each in pickups})):
        cases |= {case.number: case for case in Case.objects.select_related("merchant").filter(number__in=subjects)}
    found: dict[str, Borne] = {}
    for pickup in pickups:
        case = cases.get(pickup.subject)
        if case is None or case.merchant is None or case.merchant_id is None:
            continue
        names = tuple(name for name in (pickup.number, pickup.carrier_reference) if name)
        borne = Borne(case.number, case.merchant_id, case.buyer_id, pickup.free, bearer(case, shop=case.merchant, carrier=carrier), names)
        found |= {name: borne for name in names if name in wanted}
    return found


def bearer(case: Case, *, shop: Merchant, carrier: str) -> str:
    """Who is at fault bears the way; what a shop owes is advanced by the platform and claimed back (LOG-07). A way that was
    free though the buyer should have borne it is the platform's own present."""
    if case.fault == "carrier":
        return f"carrier:{carrier}"
    if case.fault == "platform" or case.freight_payer in ("platform", "customer"):
        return "platform_goodwill"
    return "merchant" if shop.channel == "self" else "platform_advance"


def _parts(names: Sequence[str]) -> Iterator[Sequence[str]]:
    """A file may hold more lines than a statement may hold parameters."""
    return (names[start : start + AT_ONCE] for start in range(0, len(names), AT_ONCE))


def _text(data: bytes) -> str:
    """As a program writes it, or as a Chinese office's spreadsheet saves it. Raises ValueError."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030")


def _row(place: int, row: dict[str | None, str | None]) -> Billed:
    reference, amount, currency = ((row.get(name) or "").strip() for name in COLUMNS)
    try:
        money = Money.of(Decimal(amount), currency)
    except (InvalidOperation, ValueError, OverflowError) as error:
        raise refused(COURIER_BILL_UNREADABLE, row=place, reason=amount[:40]) from error
    exact = money.decimal == Decimal(amount)
    if not 0 < len(reference) <= 80 or not exact or not 0 < money.minor <= MINOR_MOST or len(currency) != 3 or not currency.isupper():
        raise refused(COURIER_BILL_UNREADABLE, row=place, reason=f"{reference} {amount} {currency}"[:60])
    return Billed(reference, money.minor, currency)
