"""Orders of the demo shop: pure and seeded; money adds up because everything is split, never rounded away."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from shouhou.demo.catalogue import CITIES, GIVEN, PAGES, PRODUCTS, SHOPS, SURNAMES, Product
from shouhou.demo.english import told
from shouhou.foundation.days import start_of_day
from shouhou.foundation.money import split

DAYS_BACK = 60
BUYERS = 48
FREIGHT_MINOR = 600
FREE_FROM_MINOR = 9900
COUPON_FROM_MINOR, COUPON_MINOR = 30000, 5000


@dataclass(frozen=True, slots=True)
class Person:
    """A buyer of the demo."""

    id: str
    name: str
    phone: str
    email: str
    tier: str
    city: tuple[str, str, str]


def people(seed: int) -> list[Person]:
    """The demo's buyers; no Chinese mobile number begins with 100, so the phones are nobody's."""
    random = Random(f"people-{seed}")
    made = []
    for index in range(BUYERS):
        name = random.choice(SURNAMES) + random.choice(GIVEN)
        made.append(
            Person(
                id=f"u{index + 1:03d}",
                name=name,
                phone=f"1000000{index + 1:04d}",
                email=f"u{index + 1:03d}@example.com",
                tier="plus" if index % 4 == 0 else "none",
                city=CITIES[index % len(CITIES)],
            )
        )
    return made


def orders(*, count: int, seed: int, today: date, language: str = "zh-hans") -> Iterator[dict[str, object]]:
    """`count` orders in the shape of `PUT /orders/{number}` with their number, the oldest first; "en": told in English."""
    random = Random(f"orders-{seed}")
    buyers = people(seed)
    for index in range(count):
        # More of them lately, as a growing shop has them, and enough inside the windows.
        age_days = round(DAYS_BACK * (1 - index / count) ** 1.7)
        yield told(_order(index, age_days, random, random.choice(buyers), today), language)


def _order(index: int, age_days: int, random: Random, person: Person, today: date) -> dict[str, object]:
    first = PRODUCTS[index % len(PRODUCTS)]
    others = [product for product in PRODUCTS if product.shop == first.shop and product.sku != first.sku]
    products = [first, *random.sample(others, k=min(len(others), random.choice((0, 0, 0, 1, 1, 2))))]
    placed = start_of_day(today - timedelta(days=age_days)) + timedelta(minutes=random.randrange(7 * 60, 23 * 60))
    number = f"HM{placed:%y%m%d}{index + 1:04d}"
    quantities = [random.randint(1, product.most) for product in products]
    goods = sum(product.price * quantity for product, quantity in zip(products, quantities, strict=True))
    coupon = COUPON_MINOR if goods >= COUPON_FROM_MINOR and index % 3 == 0 else 0
    weights = [product.price * quantity for product, quantity in zip(products, quantities, strict=True)]
    off = split(coupon, weights)
    freight = 0 if goods >= FREE_FROM_MINOR or person.tier == "plus" else FREIGHT_MINOR
    lines = [
        _line(number, place + 1, product, quantity, weight - less, index, random, placed)
        for place, (product, quantity, weight, less) in enumerate(zip(products, quantities, weights, off, strict=True))
    ]
    shop = next(shop for shop in SHOPS if shop.code == first.shop)
    total = goods - coupon + freight
    region_code, region, street = person.city
    order: dict[str, object] = {
        "number": number,
        "buyer": {"id": person.id, "name": person.name, "phone": person.phone, "email": person.email, "tier": person.tier},
        "merchant": {"code": shop.code, "channel": shop.channel, "name": shop.name},
        "placed_at": placed.isoformat(),
        "currency": "CNY",
        "lines": lines,
        "payments": _payments(number, total, index, random),
        "freight": freight,
        "shipments": _shipments(number, lines, age_days, index, random, placed, today),
        "extra": {"demo_day": today.isoformat()},
        "address": {
            "contact": person.name, "phone": person.phone, "region": region, "region_code": region_code, "address": street,
        },
        "promotion": {
            "threshold": COUPON_FROM_MINOR if coupon else 0, "discount": coupon,
            "free_freight_threshold": FREE_FROM_MINOR if goods >= FREE_FROM_MINOR else 0,
            "standard_freight": FREIGHT_MINOR if goods >= FREE_FROM_MINOR else 0,
        },
        # The platform gives it: with the goods its part goes back to it.
        "discounts": [{"bearer": "platform", "amount": coupon, "name": "promotion"}] if coupon else [],
    }  # fmt: skip
    if index % 2 == 0:
        order["invoice"] = {"number": f"{25110000 + index:020d}", "amount": total}
    return order


def _line(
    number: str, line: int, product: Product, quantity: int, paid: int, index: int, random: Random, placed: datetime
) -> dict[str, object]:
    made: dict[str, object] = {
        "line": line, "sku": product.sku, "title": product.title, "category": product.category, "quantity": quantity,
        "unit_price": product.price, "paid": paid,
    }  # fmt: skip
    if product.sku in PAGES:
        made["page"] = PAGES[product.sku]
    if product.serial:
        made["serials"] = [f"{product.serial}{random.randrange(10**10):010d}" for _ in range(quantity)]
    if product.no_return:
        made["excludable_by_nature"] = True
        if index % 5:  # some shops forgot to ask: the confirmation is missing, and the right stands
            made["confirmed_no_return"] = True
            made["confirmation"] = {"text": "我已知晓该商品不支持七天无理由退货", "at": placed.isoformat()}
    if product.category in ("apparel", "shoes", "bags"):
        made["promised_no_reason"] = True
    if product.serial:
        made["warranty"] = {"start": placed.date().isoformat(), "months": 12}
    return made


def _payments(number: str, total: int, index: int, random: Random) -> list[dict[str, object]]:
    """Mostly one tender, every fourth order two, every ninth three; what is left stands on the card."""
    shares: list[tuple[str, int]] = []
    if index % 9 == 0 and total > 3000:
        shares = [("gift_card", total // 5), ("points", min(total // 10, 2000))]
    elif index % 4 == 0 and total > 2000:
        shares = [("gift_card", total // 3)]
    rest = total - sum(amount for _, amount in shares)
    main = random.choice(("card", "wallet", "wallet", "card"))
    return [
        {"tender": tender, "amount": amount, "reference": f"T{number}-{place + 1}"}
        for place, (tender, amount) in enumerate([(main, rest), *shares]) if amount > 0
    ]  # fmt: skip


def _shipments(
    number: str,
    lines: list[dict[str, object]],
    age_days: int,
    index: int,
    random: Random,
    placed: datetime,
    today: date,
) -> list[dict[str, object]]:
    """Undelivered when fresh; else signed, or in a locker, or in two parcels, or lost on the way."""
    if age_days <= 1:
        return []
    shipped = placed + timedelta(hours=random.randrange(4, 20))
    carrier = "jd" if index % 2 else random.choice(("sf", "yto", "zto"))
    groups = [[line] for line in lines] if index % 7 == 0 and len(lines) > 1 else [lines]
    made = []
    for place, group in enumerate(groups):
        arrived = shipped + timedelta(hours=random.randrange(18, 40) + 20 * place)
        parcel: dict[str, object] = {
            "lines": [line["line"] for line in group], "carrier": carrier,
            "number": f"{'JD' if carrier == 'jd' else 'SF' if carrier == 'sf' else 'YT'}{random.randrange(10**12):012d}",
            "shipped_at": shipped.isoformat(),
        }  # fmt: skip
        if age_days > 3 and index % 23:  # every 23rd is still on its way: lost, the buyer will ask
            delivered = min(arrived, start_of_day(today) - timedelta(minutes=5))
            if index % 11 == 0 and carrier != "jd":
                parcel |= {"arrived_at": delivered.isoformat(), "arrival_kind": "locker"}
            elif index % 17 == 0 and carrier != "jd":
                parcel |= {"arrived_at": delivered.isoformat(), "arrival_kind": "locker_no_consent"}
            else:
                parcel |= {
                    "arrived_at": delivered.isoformat(),
                    "arrival_kind": "door",
                    "signed_at": delivered.isoformat(),
                }
        made.append(parcel)
    return made
