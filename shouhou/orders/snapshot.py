"""The order as the shop sends it: the input of `PUT /orders/{number}`, strict, bounded, every error with its path."""

import re
from datetime import date, datetime
from typing import Annotated, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

from shouhou.foundation.refusals import INVALID_INPUT, FieldError, Refused, refusal, refused

MAX_AMOUNT = 10**12 - 1
MAX_LINES = 200
# A wholesale invoice out of an import may be longer than what the API takes.
MAX_IMPORT_LINES = 2000
MAX_PAYMENTS = 50
MAX_SHIPMENTS = 200
MAX_BODY_BYTES = 1_000_000

MALFORMED_ORDER = refusal(
    "MALFORMED_ORDER", "invalid",
    zh="不是有效的订单 JSON：{reason}", en="This is not a valid order in JSON: {reason}",
)  # fmt: skip

Amount = Annotated[int, Meta(ge=0, le=MAX_AMOUNT, description="whole minor units of the order's currency")]
Code = Annotated[str, Meta(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]*$")]
Short = Annotated[str, Meta(max_length=80)]
Web = Annotated[str, Meta(max_length=500, pattern=r"^https?://[^\s<>\"']+$")]
Instant = Annotated[datetime, Meta(tz=True)]
LineNumber = Annotated[int, Meta(ge=1, le=1_000_000)]
OrderNumber = Annotated[str, Meta(min_length=1, max_length=60, pattern=r"^[^\s/\\?#%\x00-\x1f\x7f]+$")]


class BuyerPart(Struct, forbid_unknown_fields=True, frozen=True):
    """The consumer: `id` is the person's at the shop; `tier` the membership when the order was placed."""

    id: Annotated[str, Meta(min_length=1, max_length=80)]
    name: Short = ""
    phone: Annotated[str, Meta(max_length=32)] = ""
    email: Annotated[str, Meta(max_length=254)] = ""
    tier: Literal["none", "plus"] = "none"


class MerchantPart(Struct, forbid_unknown_fields=True, frozen=True):
    """The seller; `channel` is the label on the product page at order time (DEF-09)."""

    code: Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^[^\s/]+$")]
    channel: Literal["self", "third"]
    name: Annotated[str, Meta(max_length=120)] = ""


class Confirmation(Struct, forbid_unknown_fields=True, frozen=True):
    """What the buyer confirmed at purchase ("no return"), per purchase, word for word (CON-07)."""

    text: Annotated[str, Meta(min_length=1, max_length=2000)]
    at: Instant


class WarrantyPart(Struct, forbid_unknown_fields=True, frozen=True):
    """Warranty facts of a line: months and days count from start, or from installation when that is later."""

    start: date | None = None
    installed_at: Instant | None = None
    months: Annotated[int, Meta(ge=0, le=600)] | None = None
    extended_months: Annotated[int, Meta(ge=0, le=600)] = 0
    factory_date: date | None = None


class DiscountPart(Struct, forbid_unknown_fields=True, frozen=True):
    """So much was taken off on `bearer`'s account: the shop, the platform, a coupon or points of the buyer that paid no
    part of the order as a tender. `name` is that of the offer it came from, if it came from one."""

    bearer: Literal["merchant", "platform", "coupon", "points"]
    amount: Amount
    name: Short = ""


Discounts = Annotated[tuple[DiscountPart, ...], Meta(max_length=20)]


class PagePart(Struct, forbid_unknown_fields=True, frozen=True):
    """What the shop's page said of the goods when they were ordered; pictures and the page itself by their addresses."""

    description: Annotated[str, Meta(max_length=4000)] = ""
    specs: Annotated[
        dict[Annotated[str, Meta(min_length=1, max_length=40)], Annotated[str, Meta(max_length=200)]], Meta(max_length=40)
    ] = {}
    pictures: Annotated[tuple[Web, ...], Meta(max_length=9)] = ()
    address: Web | None = None


class LinePart(Struct, forbid_unknown_fields=True, frozen=True):
    """One line; `paid` is what was really paid for the whole line after every discount. Where `discounts` are told, the
    single prices less the discounts are what was paid."""

    line: LineNumber
    sku: Annotated[str, Meta(min_length=1, max_length=80)]
    title: Annotated[str, Meta(min_length=1, max_length=240)]
    quantity: Annotated[int, Meta(ge=1, le=1_000_000)]
    unit_price: Amount
    paid: Amount
    category: Code = "generic"
    serials: Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=80)], ...], Meta(max_length=1000)] = ()
    excludable_by_nature: bool = False
    confirmed_no_return: bool = False
    confirmation: Confirmation | None = None
    promised_no_reason: bool = False
    is_gift: bool = False
    gift_price: Amount | None = None
    warranty: WarrantyPart | None = None
    plans: Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=20)], ...], Meta(max_length=10)] = ()
    discounts: Discounts = ()
    page: PagePart | None = None


class PaymentPart(Struct, forbid_unknown_fields=True, frozen=True):
    """One tender: how much of the order it paid."""

    tender: Annotated[str, Meta(min_length=1, max_length=30, pattern=r"^[a-z0-9][a-z0-9_]*$")]
    amount: Amount
    reference: Annotated[str, Meta(max_length=120)] = ""


class ShipmentPart(Struct, forbid_unknown_fields=True, frozen=True):
    """One parcel with the carrier's facts; no `lines` means the whole order."""

    carrier: Annotated[str, Meta(min_length=1, max_length=30, pattern=r"^[a-z0-9][a-z0-9_]*$")]
    lines: Annotated[tuple[LineNumber, ...], Meta(max_length=MAX_IMPORT_LINES)] = ()
    number: Short = ""
    shipped_at: Instant | None = None
    arrived_at: Instant | None = None
    arrival_kind: Literal["", "door", "station", "locker", "locker_no_consent", "station_no_consent"] = ""
    signed_at: Instant | None = None


class InvoicePart(Struct, forbid_unknown_fields=True, frozen=True):
    number: Annotated[str, Meta(min_length=1, max_length=60)]
    amount: Amount


class TierPart(Struct, forbid_unknown_fields=True, frozen=True):
    """From `threshold` (at single prices) and from `units` on: `discount` off, or `percent` of the price."""

    threshold: Amount = 0
    units: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    discount: Amount = 0
    percent: Annotated[int, Meta(ge=0, le=100)] = 0


class OfferPart(Struct, forbid_unknown_fields=True, frozen=True):
    """One promotion over `lines` (none named: all goods).

    spend: the best tier reached, with `every` once for each full threshold. bundle: any `units` for `price`. set: one unit
    of each of `lines` (a line twice: two) for `price`. gift: the lines `gifts` came free with the goods, from the first
    tier on if there is one.
    """

    kind: Literal["spend", "bundle", "set", "gift"]
    name: Short = ""
    lines: Annotated[tuple[LineNumber, ...], Meta(max_length=MAX_LINES)] = ()
    tiers: Annotated[tuple[TierPart, ...], Meta(max_length=10)] = ()
    every: bool = False
    units: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    price: Amount = 0
    gifts: Annotated[tuple[LineNumber, ...], Meta(max_length=MAX_LINES)] = ()


class PromotionPart(Struct, forbid_unknown_fields=True, frozen=True):
    """Spend `threshold`, get `discount` off; from `free_freight_threshold` on `standard_freight` was waived; and whatever
    other `offers` the order was made under. A discount named `promotion` is that of `threshold`."""

    threshold: Amount = 0
    discount: Amount = 0
    free_freight_threshold: Amount = 0
    standard_freight: Amount = 0
    offers: Annotated[tuple[OfferPart, ...], Meta(max_length=20)] = ()


class AddressPart(Struct, forbid_unknown_fields=True, frozen=True):
    """Where the goods went."""

    contact: Short = ""
    phone: Annotated[str, Meta(max_length=32)] = ""
    region: Annotated[str, Meta(max_length=120)] = ""
    region_code: Annotated[str, Meta(max_length=20)] = ""
    address: Annotated[str, Meta(max_length=240)] = ""


class Snapshot(Struct, forbid_unknown_fields=True, frozen=True):
    """An order as it stands at the shop now."""

    buyer: BuyerPart
    merchant: MerchantPart
    placed_at: Instant
    lines: Annotated[tuple[LinePart, ...], Meta(max_length=MAX_IMPORT_LINES)]
    currency: Annotated[str, Meta(min_length=3, max_length=3)] = "CNY"
    payments: Annotated[tuple[PaymentPart, ...], Meta(max_length=MAX_PAYMENTS)] = ()
    freight: Amount = 0
    shipments: Annotated[tuple[ShipmentPart, ...], Meta(max_length=MAX_SHIPMENTS)] = ()
    invoice: InvoicePart | None = None
    paid_at: Instant | None = None
    promised_by: Instant | None = None
    address: AddressPart | None = None
    promotion: PromotionPart | None = None
    discounts: Discounts = ()
    extra: Annotated[
        dict[Annotated[str, Meta(max_length=40)], Annotated[str, Meta(max_length=200)]], Meta(max_length=20)
    ] = {}


class NumberedSnapshot(Snapshot, frozen=True, kw_only=True):
    """One line of `POST /orders/bulk`: the same with its number inside."""

    number: OrderNumber


class _Number(Struct, frozen=True):
    number: OrderNumber


def parse_snapshot(body: bytes) -> Snapshot:
    """The body of a PUT. Raises Refused INVALID_INPUT (with the field's path) or MALFORMED_ORDER."""
    return _decode(_snapshot, body)


def parse_numbered(line: bytes) -> NumberedSnapshot:
    """One line of a bulk call. Raises as `parse_snapshot`."""
    return _decode(_numbered, line)


def parse_number(number: str) -> str:
    """An order number as the path gives it. Raises Refused INVALID_INPUT."""
    try:
        return msgspec.convert({"number": number}, _Number).number
    except msgspec.ValidationError as error:
        raise invalid(_field_error(str(error))) from error


def snapshot_of(raw: object) -> NumberedSnapshot:
    """The same from plain dicts, lists and strings (imports). Raises Refused INVALID_INPUT."""
    try:
        return msgspec.convert(raw, NumberedSnapshot)
    except msgspec.ValidationError as error:
        raise invalid(_field_error(str(error))) from error


def invalid(*errors: FieldError) -> Refused:
    """INVALID_INPUT naming every wrong field."""
    return refused(INVALID_INPUT, *errors, reason="; ".join(f"{e.field}: {e.zh} {e.en}" for e in errors[:3]))


def json_schema() -> dict[str, object]:
    """The JSON schema of the snapshot and its parts, for OpenAPI: {"Snapshot": …, "NumberedSnapshot": …, …}."""
    _, components = msgspec.json.schema_components(
        [Snapshot, NumberedSnapshot], ref_template="#/components/schemas/{name}"
    )
    return components


S = TypeVar("S", bound=Snapshot)
_snapshot = msgspec.json.Decoder(Snapshot)
_numbered = msgspec.json.Decoder(NumberedSnapshot)


def _decode(decoder: "msgspec.json.Decoder[S]", body: bytes) -> S:
    if len(body) > MAX_BODY_BYTES:
        raise refused(MALFORMED_ORDER, reason=f"> {MAX_BODY_BYTES} bytes")
    # PostgreSQL keeps no NUL in a text; nobody's title needs one.
    if b"\\u0000" in body:
        raise refused(MALFORMED_ORDER, reason="NUL (\\u0000)")
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        raise invalid(_field_error(str(error))) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise refused(MALFORMED_ORDER, reason=str(error)[:200]) from error


# msgspec speaks English; what it can say is a short list.
_SAID: tuple[tuple[str, str], ...] = (
    (r"Object contains unknown field `(.+)`", "未知字段 {0}"),
    (r"Object missing required field `(.+)`", "缺少字段 {0}"),
    (r"Expected `(?:int|float|decimal)` >= (\S+)", "不得小于 {0}"),
    (r"Expected `(?:int|float|decimal)` <= (\S+)", "不得大于 {0}"),
    (r"Expected `str` of length >= (\d+)", "至少 {0} 个字符"),
    (r"Expected `str` of length <= (\d+)", "最多 {0} 个字符"),
    (r"Expected `(?:array|object)` of length <= (\d+)", "最多 {0} 项"),
    (r"Expected `str` of length (?:==|=) (\d+)", "应为 {0} 个字符"),
    (r"Expected `str` matching regex .+", "含有不允许的字符"),
    (r"Expected `datetime` with a timezone component", "时间必须带时区偏移"),
    (r"Invalid RFC3339 encoded datetime", "不是有效的 RFC 3339 时间"),
    (r"Invalid RFC3339 encoded date", "不是有效的日期"),
    (r"Invalid enum value (.+)", "不允许的取值 {0}"),
    (r"Expected `(.+)`, got `(.+)`", "应为 {0}，实际为 {1}"),
)
_PLACE = re.compile(r"^(.*?)(?: - at (?:`key` in )?`\$?\.?(.*)`)?$", re.DOTALL)


def _field_error(said: str) -> FieldError:
    match = _PLACE.match(said)
    what, place = (match[1], match[2] or "") if match else (said, "")
    for pattern, zh in _SAID:
        found = re.fullmatch(pattern, what)
        if found:
            if "unknown field" in what or "missing required" in what:
                place = f"{place}.{found[1]}" if place else found[1]
            return FieldError(place, zh.format(*found.groups()), what)
    return FieldError(place, "内容无效", what)
