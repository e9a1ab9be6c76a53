"""What makes a snapshot a possible order, and whether its payments add up. Pure."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from shouhou.foundation.refusals import FieldError
from shouhou.orders.snapshot import MAX_LINES, LinePart, Snapshot

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
FIRST_DAY = date(1990, 1, 1)
# Clocks of shops and carriers differ; a fact more than a day ahead of ours is impossible.
AHEAD = timedelta(days=1)
CURRENCIES = frozenset(
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF "
    "CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG "
    "HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA "
    "MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD "
    "RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX "
    "USD UYU UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG".split()
)


def errors_of(snapshot: Snapshot, *, now: datetime, max_lines: int = MAX_LINES) -> list[FieldError]:
    """Everything wrong with a well-formed snapshot, each with its field; at most a few dozen."""
    return [error for error, _ in zip(_errors(snapshot, now, max_lines), range(50), strict=False)]


def paid_minor(snapshot: Snapshot) -> int:
    """What the buyer really paid, over all tenders."""
    return sum(payment.amount for payment in snapshot.payments)


def difference_minor(snapshot: Snapshot) -> int:
    """Payments minus (lines + freight); where those agree, what the told discounts leave unexplained. 0 when the order
    reconciles."""
    difference = paid_minor(snapshot) - sum(line.paid for line in snapshot.lines) - snapshot.freight
    return difference or unexplained_minor(snapshot)


def unexplained_minor(snapshot: Snapshot) -> int:
    """Paid minus (single prices - discounts): of the first line that tells its discounts and does not add up, or of all
    lines where discounts of the whole order are told."""
    if snapshot.discounts:
        return sum(_unexplained(line) for line in snapshot.lines) + sum(each.amount for each in snapshot.discounts)
    return next((found for line in snapshot.lines if line.discounts and (found := _unexplained(line))), 0)


def _errors(snapshot: Snapshot, now: datetime, max_lines: int) -> Iterator[FieldError]:
    if len(snapshot.lines) > max_lines:
        yield FieldError("lines", f"最多 {max_lines} 行", f"at most {max_lines} lines")
    if snapshot.currency not in CURRENCIES:
        yield FieldError("currency", "不是 ISO 4217 币种", "not an ISO 4217 currency")
    yield from _instants(snapshot, now)
    yield from _lines(snapshot, now)
    numbers = {line.line for line in snapshot.lines}
    yield from _offers(snapshot, numbers)
    for place, shipment in enumerate(snapshot.shipments):
        if shipment.lines and not numbers.issuperset(shipment.lines):
            strangers = sorted(set(shipment.lines) - numbers)[:5]
            yield FieldError(f"shipments[{place}].lines", f"没有订单行 {strangers}", f"no such lines: {strangers}")


def _unexplained(line: LinePart) -> int:
    return line.paid - line.unit_price * line.quantity + sum(each.amount for each in line.discounts)


def _offers(snapshot: Snapshot, numbers: set[int]) -> Iterator[FieldError]:
    """An offer that names goods which are not there, or that says nothing of what it gives."""
    for place, offer in enumerate(snapshot.promotion.offers if snapshot.promotion else ()):
        field = f"promotion.offers[{place}]"
        for name in ("lines", "gifts"):
            if strangers := sorted(set(getattr(offer, name)) - numbers)[:5]:
                yield FieldError(f"{field}.{name}", f"没有订单行 {strangers}", f"no such lines: {strangers}")
        needs = {"spend": "tiers", "bundle": "units", "set": "lines", "gift": "gifts"}[offer.kind]
        if not getattr(offer, needs):
            yield FieldError(f"{field}.{needs}", f"{offer.kind} 必须写明 {needs}", f"{offer.kind} needs {needs}")


def _lines(snapshot: Snapshot, now: datetime) -> Iterator[FieldError]:
    seen: set[int] = set()
    serials: set[str] = set()
    for place, line in enumerate(snapshot.lines):
        if line.line in seen:
            yield FieldError(f"lines[{place}].line", f"行号 {line.line} 重复", f"line {line.line} appears twice")
        seen.add(line.line)
        if line.serials:
            if len(line.serials) > line.quantity:
                yield FieldError(f"lines[{place}].serials", "序列号多于数量", "more serials than units")
            if len(set(line.serials)) < len(line.serials) or not serials.isdisjoint(line.serials):
                yield FieldError(f"lines[{place}].serials", "序列号重复", "a serial appears twice")
            serials.update(line.serials)
        if line.warranty:
            if line.warranty.installed_at and not EARLIEST <= line.warranty.installed_at <= now + AHEAD:
                yield _impossible(f"lines[{place}].warranty.installed_at")
            for name in ("start", "factory_date"):
                day = getattr(line.warranty, name)
                if day and not FIRST_DAY <= day <= (now + timedelta(days=366)).date():
                    yield _impossible(f"lines[{place}].warranty.{name}")
        if line.confirmation and not EARLIEST <= line.confirmation.at <= now + AHEAD:
            yield _impossible(f"lines[{place}].confirmation.at")


def _instants(snapshot: Snapshot, now: datetime) -> Iterator[FieldError]:
    latest = now + AHEAD
    if not EARLIEST <= snapshot.placed_at <= latest:
        yield _impossible("placed_at")
    earliest = max(EARLIEST, snapshot.placed_at - AHEAD) if snapshot.placed_at > EARLIEST else EARLIEST
    if snapshot.paid_at and not EARLIEST <= snapshot.paid_at <= latest:
        yield _impossible("paid_at")
    if snapshot.promised_by and not EARLIEST <= snapshot.promised_by <= latest + timedelta(days=3 * 366):
        yield _impossible("promised_by")
    for place, shipment in enumerate(snapshot.shipments):
        for name in ("shipped_at", "arrived_at", "signed_at"):
            at = getattr(shipment, name)
            if at and not earliest <= at <= latest:
                yield _impossible(f"shipments[{place}].{name}")


def _impossible(field: str) -> FieldError:
    return FieldError(field, "不可能的日期（早于下单或晚于现在）", "an impossible date (before the order or in the future)")
