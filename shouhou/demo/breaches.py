"""What the demo's shops missed in the last two months: breaches, an appeal, more time for a limit, and the closed months."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from shouhou.accounts.models import User
from shouhou.cases.actions import Application, make_move, open_case
from shouhou.cases.models import Deadline
from shouhou.cases.opening import ItemWish
from shouhou.demo.english import told
from shouhou.foundation.refusals import Refused
from shouhou.merchants.models import Merchant
from shouhou.orders.models import Order
from shouhou.plumbing.actor import Actor
from shouhou.sla.actions.appeals import appeal_breach
from shouhou.sla.actions.capture import capture
from shouhou.sla.actions.cards import close_month, last_month
from shouhou.sla.models import Breach, Clock, Scorecard

# Hours until the shop gives its opinion: the book gives it 48.
OPINIONS = (20, 51, 12, 49, 30, 8, 73, 26)
SHOP = "qinglan"
SIGNED_AFTER = timedelta(days=5)


def miss_some(*, people: Mapping[str, User], now: datetime, language: str = "zh-hans") -> None:
    """Applications of the past that the shop reviewed soon or late; a second time changes nothing."""
    if Scorecard.objects.exists():
        return
    shop, seller = Merchant.objects.get(code=SHOP), people["qinglan-op"]
    actor = replace(_who(seller), merchant_id=shop.pk)
    free = Order.objects.filter(merchant=shop, number__startswith="HM", cases=None, placed_at__lt=now - timedelta(days=20))
    made = 0
    for order in free.select_related("buyer").order_by("-placed_at")[:40]:
        made += _reviewed(order, OPINIONS[made], actor=actor, language=language)
        if made == len(OPINIONS):
            break
    _appealed(actor, now=now, language=language)
    _extended(shop, people, now=now, language=language)
    month = last_month(now)
    for each in (last_month(datetime.combine(month, now.timetz())), month):
        close_month(each, now=now)


def _reviewed(order: Order, hours: int, *, actor: Actor, language: str) -> bool:
    """One case: asked, approved after so many hours, withdrawn. An order that cannot be applied for is passed over."""
    me = Actor(role="consumer", who=f"buyer:{order.buyer_id}", buyer_id=order.buyer_id, name=order.buyer.name)
    asked_at = order.placed_at + SIGNED_AFTER
    wish = Application(
        order=order.number, service="return", reason="quality", lines=(ItemWish(1, 1),), return_method="ship_back",
        description=told("用了两天就不工作了。", language), contact={"name": order.buyer.name, "phone": order.buyer.phone}, channel="web",
    )  # fmt: skip
    try:
        case = open_case(wish, actor=me, now=asked_at)
        number = str(case["number"])
        if case["status"] == "evidence_asked":
            more = {"description": told("照片里能看到不亮。", language)}
            make_move(number, "send_evidence", actor=me, answers=more, version=None, now=asked_at + timedelta(minutes=20))
        make_move(number, "approve", actor=actor, answers={}, version=None, now=asked_at + timedelta(hours=hours))
        make_move(number, "cancel", actor=me, answers={}, version=None, now=asked_at + timedelta(hours=hours + 2))
    except Refused:
        return False
    capture(number, now=asked_at + timedelta(hours=hours + 2))
    return Clock.objects.filter(case__number=number).exists()


def _appealed(actor: Actor, *, now: datetime, language: str) -> None:
    """The latest breach is appealed; the time for it runs from today, as if it had just been recorded."""
    row = Breach.objects.filter(merchant__code=SHOP, kind="MER-01").order_by("-recorded_at").first()
    if row is not None:
        text = told("当天仓库所在园区停电，物业有通知，恢复后立即处理。", language)
        appeal_breach(row.number, text, tokens=[], actor=actor, now=min(now, row.recorded_at + timedelta(days=2)))


def _extended(shop: Merchant, people: Mapping[str, User], *, now: datetime, language: str) -> None:
    """A running limit of the shop gets another day, with the reason."""
    running = Deadline.objects.filter(case__merchant=shop, state="open", due_at__gt=now, term="review_hours").select_related("case")
    row = running.order_by("due_at").first()
    if row is None:
        return
    answers = {"deadline": row.name, "hours": 24, "reason": told("当地暴雨，仓库停工一天。", language)}
    make_move(row.case.number, "extend", actor=_who(people["supervisor"]), answers=answers, version=None, now=now)


def _who(user: User) -> Actor:
    return Actor(role=user.role, who=f"user:{user.pk}", name=user.get_full_name() or user.get_username())  # type: ignore[arg-type]
