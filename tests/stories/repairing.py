"""What the stories of repairs have in common: a phone with a fault, the bench, the road home."""

from typing import Any

from shouhou.cases.models import Case
from shouhou.payments.actions.charge_sending import ChargeHeard, begin_charge, finish_charge
from shouhou.payments.channels.base import PayAnswer
from shouhou.payments.models import Charge
from shouhou.plumbing.actor import Actor
from shouhou.repairs.models import WorkOrder
from shouhou.repairs.rules.faults import checks_of
from tests.world import World

PHONE: dict[str, Any] = {
    "lines": [
        {"line": 1, "sku": "P1", "title": "手机", "category": "phone", "quantity": 1, "unit_price": 400000, "paid": 400000,
         "serials": ["IMEI-1"]},
    ],
    "payments": [{"tender": "card", "amount": 400000}],
}  # fmt: skip
TV: dict[str, Any] = {
    "lines": [{"line": 1, "sku": "TV", "title": "电视", "category": "tv", "quantity": 1, "unit_price": 300000, "paid": 300000}],
    "payments": [{"tender": "card", "amount": 300000}],
}
SELF: dict[str, Any] = {}
THIRD: dict[str, Any] = {"merchant": {"code": "m1", "channel": "third", "name": "老王百货"}}
CHANNELS = (SELF, THIRD)
FAULT: dict[str, Any] = {"reason": "quality", "description": "反复重启", "service": "repair"}


def technician(world: World, number: str) -> Actor:
    """Whoever repairs: the house's technician, or the shop's own people."""
    case = Case.objects.select_related("merchant").get(number=number)
    if case.merchant.channel == "third":  # type: ignore[union-attr]
        return world.staff("merchant_operator", "user:7", merchant=case.merchant.code)  # type: ignore[union-attr]
    return world.staff("technician", "user:5")


def applied(world: World, goods: dict[str, Any] = PHONE, channel: dict[str, Any] = SELF, *, after_days: int = 40, **wish: Any) -> str:
    """A repair applied for so many days after delivery, and looked at by nobody yet."""
    order = wish.pop("order", None) or world.order(**goods, **channel)
    world.later(days=after_days)
    answers = {"fault_code": "system_crash"} | wish.pop("answers", {})
    made = world.apply(order, **(FAULT | {"answers": answers} | wish))
    if made["status"] == "evidence_asked":
        made = world.move(made["number"], "send_evidence", actor=world.buyer(), description="视频见附件")
    return str(made["number"])


def approved(world: World, *args: Any, **wish: Any) -> str:
    number = applied(world, *args, **wish)
    world.move(number, "approve", actor=technician_reviewer(world, number))
    return number


def technician_reviewer(world: World, number: str) -> Actor:
    case = Case.objects.select_related("merchant").get(number=number)
    if case.merchant.channel == "third":  # type: ignore[union-attr]
        return world.staff("merchant_manager", "user:8", merchant=case.merchant.code)  # type: ignore[union-attr]
    return world.staff("reviewer", "user:3")


def on_bench(world: World, *args: Any, **wish: Any) -> str:
    """The goods are before the technician."""
    number = approved(world, *args, **wish)
    arrives(world, number)
    return number


def arrives(world: World, number: str) -> None:
    world.count += 1
    world.move(number, "ship", actor=world.buyer(), carrier="SF", tracking_number=f"SF{world.count:013d}")
    world.later(days=1)
    world.move(number, "receive", actor=technician(world, number), packing="ok", appearance="ok", accessories="ok")


def diagnosed(world: World, number: str, finding: str = "faulty", cause: str = "manufacturing", **more: Any) -> dict[str, Any]:
    found = {"finding": finding, "note": "检测说明", **({"cause": cause} if finding != "no_fault" else {}), **more}
    return world.move(number, "diagnose", actor=technician(world, number), **found)


def repaired(world: World, number: str) -> dict[str, Any]:
    """Done and tested."""
    bench = technician(world, number)
    world.move(number, "finish_repair", actor=bench, done="更换主板", parts=[{"part": "主板", "old_serial": "A1", "new_serial": "B2"}])
    category = WorkOrder.objects.filter(subject=number).latest("round").category
    return world.move(number, "test", actor=bench, checklist=dict.fromkeys(checks_of(category), "true"))


def home(world: World, number: str) -> dict[str, Any]:
    return world.move(number, "hand_over", actor=technician(world, number), checked="identity", note="已核对")


def one_repair(world: World, order: str, *, after_days: int, fault: str = "system_crash") -> str:
    """A whole finished warranty repair of the order's first line."""
    number = on_bench(world, order=order, after_days=after_days, answers={"fault_code": fault})
    diagnosed(world, number, fault_code=fault)
    world.later(days=3)
    repaired(world, number)
    home(world, number)
    world.move(number, "confirm_repair", actor=world.buyer())
    return number


def pays(world: World, number: str) -> None:
    """The channel takes the money for the newest charge."""
    charge = Charge.objects.filter(subject=number).latest("id")
    step = begin_charge(charge.id, now=world.now)
    assert step is not None
    answer = PayAnswer("settled", amount_minor=charge.amount_minor, reference="FP-1", means="card")
    finish_charge(step, ChargeHeard("settled", answer), started_at=world.now, now=world.now)
