"""Where the walks through the services begin: what was bought, what is applied for, and what has happened before."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from shouhou.cases.models import Case
from shouhou.logistics.models import ServicePoint
from shouhou.logistics.queries import windows_for
from shouhou.merchants.models import Merchant
from shouhou.plans.actions import put_plan
from shouhou.plumbing.actor import SYSTEM, Actor
from shouhou.plumbing.uploads import take_upload
from shouhou.policy.actions import draft_of, publish
from shouhou.policy.queries import book_in_force, calendar_now
from tests.stories.carrying import UNSENT, on_its_way
from tests.stories.repairing import (
    FAULT,
    PHONE,
    TV,
    applied,
    approved,
    arrives,
    diagnosed,
    on_bench,
    one_repair,
    repaired,
    technician,
    technician_reviewer,
)
from tests.stories.test_compensation import shipped_late
from tests.stories.test_forgotten_uploads import picture
from tests.stories.test_repair_silence import point
from tests.world import CONTACT, DEAR, QUALITY, THIRD, TWO, World

CHANNELS: dict[str, dict[str, Any]] = {"self": {}, "third": THIRD}
PLUS: dict[str, Any] = {"buyer": {"id": "u1", "name": "林一", "phone": "13800000001", "email": "lin@example.com", "tier": "plus"}}
TVS: dict[str, Any] = {
    "lines": [{"line": 1, "sku": "TV", "title": "电视", "category": "tv", "quantity": 2, "unit_price": 800000, "paid": 1600000}],
    "payments": [{"tender": "card", "amount": 1600000}],
}  # fmt: skip
PAGE: dict[str, Any] = {"specs": {"内存": "16 GB"}}
PAGED: dict[str, Any] = {
    "lines": [
        {"line": 1, "sku": "KETTLE", "title": "电热水壶", "category": "kettle", "quantity": 1, "unit_price": 19900, "paid": 19900,
         "page": PAGE},
    ],
}  # fmt: skip
PAGED_DEAR: dict[str, Any] = {**DEAR, "lines": [{**DEAR["lines"][0], "page": PAGE}]}
# Each unit has a number of its own, which is confirmed before it is sent.
NUMBERED: dict[str, Any] = {
    "lines": [{"line": 1, "sku": "KETTLE", "title": "电热水壶", "category": "kettle", "quantity": 1, "unit_price": 19900, "paid": 19900,
               "serials": ["S1-0"]}],
}  # fmt: skip
VARIANT: dict[str, Any] = {**QUALITY, "answers": {"wanted": "variant", "wanted_sku": "KETTLE-RED"}}
REPAIR: dict[str, Any] = {"reason": FAULT["reason"], "description": FAULT["description"], "answers": {"fault_code": "system_crash"}}
MISSING: dict[str, Any] = {"reason": "short_delivery", "description": "少件"}


@dataclass(frozen=True)
class Opened:
    """A case, and the version from which on its history is the service's."""

    number: str
    since: int = 0


Opening = Callable[[World, dict[str, Any]], Opened]


def bought(
    goods: dict[str, Any], *, days: float = 1, late: bool = False, by_shop: bool = False, proven: bool = False, **wish: Any
) -> Opening:  # fmt: skip
    """Ordered, days later applied for; `late`: four days on its way; `by_shop`: the shop applies; `proven`: with a photo."""

    def opening(world: World, channel: dict[str, Any]) -> Opened:
        way = on_its_way(world, waybill=f"JD00000000{world.count + 10}") if late else {}
        order = world.order(**{**way, **goods, **channel})
        world.later(days=days)
        clerk = world.staff("merchant_operator", merchant="m1") if channel else world.staff("agent")
        more: dict[str, Any] = {"actor": clerk} if by_shop else {}
        if proven:
            more["evidence"] = [take_upload(picture("blue"), name="photo.png", actor=world.buyer(), now=world.now).token]
        return Opened(world.apply(order, **{**more, **wish})["number"])

    return opening


def third_repair(world: World, channel: dict[str, Any]) -> Opened:
    """Two repairs of the same fault have failed: exchange and return are open from the start."""
    order = world.order(**PHONE, **channel)
    one_repair(world, order, after_days=40)
    one_repair(world, order, after_days=20)
    return Opened(applied(world, order=order, after_days=10))


def near_a_point(world: World, channel: dict[str, Any]) -> Opened:
    """A service point in the same city takes it in."""
    if not ServicePoint.objects.exists():
        point()
    return Opened(approved(world, PHONE, channel, answers={"mode": "walk_in"}))


def maintained(world: World, channel: dict[str, Any]) -> Opened:
    return Opened(on_bench(world, PHONE, channel, reason="maintenance", description="保养"))


def insured(finding: str, cause: str, fault: str) -> Opening:
    """On the bench with a plan against accidents, and diagnosed."""

    def opening(world: World, channel: dict[str, Any]) -> Opened:
        order = world.order(**PHONE, **channel)
        put_plan({"number": f"PLN-{world.count}", "kind": "accident", "order": order, "provider": "picc"}, actor=SYSTEM, now=world.now)
        number = on_bench(world, PHONE, channel, order=order, after_days=40)
        diagnosed(world, number, finding=finding, cause=cause, fault_code=fault)
        return Opened(number)

    return opening


def third_on_bench(world: World, channel: dict[str, Any]) -> Opened:
    """The same, and the third repair has begun."""
    number = third_repair(world, channel).number
    world.move(number, "approve", actor=technician_reviewer(world, number))
    arrives(world, number)
    diagnosed(world, number, fault_code="system_crash")
    return Opened(number)


def repaired_with_a_loan(world: World, channel: dict[str, Any]) -> Opened:
    """Mended and handed back while the lent unit is still out."""
    number = on_bench(world, PHONE, channel)
    world.move(number, "lend_unit", actor=technician(world, number), title="备用机", serial=f"L-{world.count}")
    diagnosed(world, number)
    repaired(world, number)
    world.move(number, "ship_repaired", actor=technician(world, number), carrier="SF", tracking_number="SF9900000000021")
    world.move(number, "parcel_delivered", actor=world.staff("carrier"))
    return Opened(number)


def sent_late(world: World, channel: dict[str, Any]) -> Opened:
    """Shipped days after it was promised: the rule compensates."""
    return Opened(world.apply(shipped_late(world, **channel), service="compensation", reason="late_delivery")["number"])


def lent(move: str, *moves: str) -> Opening:
    """A repair in the workshop with a unit lent that goes on as something else."""

    def opening(world: World, channel: dict[str, Any]) -> Opened:
        number = on_bench(world, PHONE, channel)
        return _turned(world, number, move, *moves)

    return opening


def lent_at_home(move: str, *moves: str) -> Opening:
    """The same with the goods still at home: a technician has come."""

    def opening(world: World, channel: dict[str, Any]) -> Opened:
        number = approved(world, DEAR, channel, answers={"fault_code": "screen", "mode": "on_site"})
        bench = technician(world, number)
        world.move(number, "book_visit", actor=bench, start=(world.now + timedelta(hours=5)).isoformat())
        world.later(hours=6)
        world.move(number, "start_visit", actor=bench)
        return _turned(world, number, move, *moves)

    return opening


def still_lent(mode: str, finding: str = "") -> Opening:
    """A unit lent at the consumer's home; then another mode is needed, or what was found is quoted and disputed."""

    def opening(world: World, channel: dict[str, Any]) -> Opened:
        if not ServicePoint.objects.exists():
            point()
        number = approved(world, PHONE, channel, answers={"mode": "remote"})
        bench = technician(world, number)
        world.move(number, "book_visit", actor=bench, start=(world.now + timedelta(hours=5)).isoformat())
        world.later(hours=6)
        world.move(number, "start_visit", actor=bench)
        world.move(number, "lend_unit", actor=bench, title="备用机", serial=f"L-{world.count}")
        if finding:
            diagnosed(world, number, finding=finding)
            world.move(number, "dispute", actor=world.buyer(), reason="仍有故障")
        else:
            world.move(number, "needs_workshop", actor=bench, mode=mode)
        return Opened(number, Case.objects.get(number=number).version)

    return opening


def insured_and_lost(world: World, channel: dict[str, Any]) -> Opened:
    """A plan against accidents, nothing to be done any more, and the goods on their way home."""
    number = insured("unrepairable", "liquid", "mainboard")(world, channel).number
    world.move(number, "ship_repaired", actor=technician(world, number), carrier="SF", tracking_number="SF9900000000031")
    return Opened(number, Case.objects.get(number=number).version)


def at_once(*, pickup: bool) -> Opening:
    """Under a book that refunds members the moment they are approved, which the book itself does here; `pickup`: collected."""

    def opening(world: World, channel: dict[str, Any]) -> Opened:
        held, announced = book_in_force(world.now), world.now.date()
        draft = draft_of(
            held.book, held.version, version=f"at-once-{world.count}", effective_from=announced + timedelta(days=9),
            announced_on=announced, note_zh="试", note_en="try", settings={"flash_refund_when": "{default: never, plus: apply}"},
        )  # fmt: skip
        publish(draft, world.now, Actor(role="operations", who="user:1"))
        world.later(days=12)
        order = world.order(**PLUS, **channel)
        Merchant.objects.update(auto_review=True)
        world.later(days=1)
        if not pickup:
            return Opened(world.apply(order)["number"])
        window = windows_for(CONTACT, calendar=calendar_now(), now=world.now)[0].code
        return Opened(world.apply(order, return_method="pickup", contact={**CONTACT, "window": window})["number"])

    return opening


def _turned(world: World, number: str, *moves: str) -> Opened:
    world.move(number, "lend_unit", actor=technician(world, number), title="备用机", serial=f"L-{world.count}")
    diagnosed(world, number, finding="unrepairable")
    for move in moves:
        if move == "keep_item":
            world.move(number, move, actor=technician_reviewer(world, number), note="不必寄回")
        else:
            world.move(number, move, actor=world.buyer())
    case = Case.objects.get(number=number)
    return Opened(number, case.version)


WANTED: dict[str, Any] = {**QUALITY, "answers": {"wanted": "same"}}
SEEN: dict[str, Any] = {"service": "price_protection", "reason": "price_drop"}
WANTED_EX: dict[str, Any] = {"service": "exchange", **WANTED}
GIVEN_UP: dict[str, Any] = {"days": 0, "service": "cancel", "reason": "changed_mind"}
UNFIT: dict[str, Any] = {"service": "refund_only", **QUALITY}
NEVER_CAME: dict[str, Any] = {"late": True, "days": 0, "service": "refund_only", "reason": "not_received"}
BROKEN: dict[str, Any] = {"days": 40, "service": "repair", "proven": True, **REPAIR}
AT_HOME: dict[str, Any] = {**BROKEN, "answers": {"fault_code": "screen", "mode": "on_site"}}
OPENINGS: dict[str, list[Opening]] = {
    "return": [
        bought(TWO, items={1: 2}),
        bought(NUMBERED, **QUALITY, request_review=True, proven=True),
        bought(TVS, items={1: 2}, **QUALITY, proven=True),
        bought(TVS, items={1: 2}),
        bought(PLUS),
        bought({}, days=30, **QUALITY, proven=True),
        bought(PAGED, **QUALITY, request_review=True, proven=True),
        bought(PAGED_DEAR, **QUALITY, proven=True),
        lent("take_refund"),
        lent_at_home("take_refund"),
        at_once(pickup=False),
        at_once(pickup=True),
    ],
    "exchange": [
        bought(NUMBERED, **WANTED_EX, proven=True),
        bought(TWO, **WANTED_EX, items={1: 2}),
        bought({**PLUS, **TVS}, items={1: 2}, **WANTED_EX, proven=True),
        bought({}, service="exchange", **VARIANT, proven=True),
        bought(PLUS, **WANTED_EX, proven=True),
        bought({}, service="exchange", answers={"wanted": "same"}),
        bought(TVS, items={1: 2}, **WANTED_EX, proven=True),
        bought({}, days=30, **WANTED_EX, proven=True),
        bought(PAGED, **WANTED_EX, proven=True),
        bought(PAGED_DEAR, **WANTED_EX, proven=True),
        lent("take_exchange"),
        lent_at_home("take_exchange"),
    ],
    "repair": [
        insured("faulty", "human", "broken_screen"),
        insured("unrepairable", "liquid", "mainboard"),
        repaired_with_a_loan,
        third_on_bench,
        near_a_point,
        maintained,
        bought(PHONE, **BROKEN),
        third_repair,
        bought(TV, **AT_HOME),
        insured_and_lost,
        still_lent("mail_in"),
        still_lent("walk_in"),
        still_lent("remote"),
        still_lent("", "no_fault"),
    ],
    "refund_only": [
        lent_at_home("take_refund", "keep_item"),
        bought({}, **UNFIT, proven=True),
        bought({}, **UNFIT),
        bought({}, **NEVER_CAME),
        bought(DEAR, **NEVER_CAME),
        bought(DEAR, **UNFIT, proven=True),
    ],
    "cancel": [
        bought(UNSENT, **GIVEN_UP),
        bought({**UNSENT, **DEAR}, **GIVEN_UP),
        bought(UNSENT, days=0, by_shop=True, service="cancel", reason="out_of_stock"),
    ],
    "resend": [
        bought({}, service="resend", **MISSING, answers={"missing": "item"}, proven=True),
        bought({}, service="resend", **MISSING, answers={"missing": "accessory", "part_name": "壶盖"}),
    ],
    "price_protection": [bought({}, **SEEN), bought({}, **SEEN, answers={"seen_price": 19000}), bought(DEAR, **SEEN)],
    "complaint": [bought({}, service="complaint", reason="about_delivery", description="扔在门口。", proven=True)],
    "feedback": [bought({}, service="feedback", reason="suggestion", description="晚上也能取件就好了。")],
    "compensation": [bought(DEAR, service="compensation", reason="bad_service"), sent_late],
}
