"""What the demo's buyers thought of it: grades with reasons, an answer of a shop, a call owed and one made, an action planned."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from shouhou.accounts.models import User
from shouhou.cases.actions import Application, make_move, open_case, rate
from shouhou.cases.models import Rating
from shouhou.demo.english import told
from shouhou.foundation.days import local_day
from shouhou.merchants.models import Merchant
from shouhou.orders.models import Order
from shouhou.plumbing.actor import Actor
from shouhou.support.satisfaction.actions import Planned, answer_rating, note_call, plan_improvement
from shouhou.support.satisfaction.models import FollowUp

# Grade, reasons, words: one each for suggestions that were answered.
OPINIONS: tuple[tuple[int, tuple[str, ...], str], ...] = (
    (1, ("slow", "unclear"), "等了三天才有人审核，中间问了两次都说再等等。"), (5, ("fast", "paid"), "上午验收，下午就退款了。"),
    (4, ("easy",), ""), (5, ("kind", "clear"), "客服说得很清楚。"), (2, ("late",), "退款比说好的晚了两天。"), (4, (), ""),
    (5, ("fast",), ""), (3, ("hard",), "打包有点麻烦。"), (4, ("clear",), "每一步都能看到。"), (5, (), ""),
)  # fmt: skip
SUGGESTIONS = ("希望取件可以选晚上八点以后。", "包装上的胶带少一点就好了。")


def rate_some(*, people: Mapping[str, User], now: datetime, language: str = "zh-hans") -> None:
    """Suggestions, answered and rated; a second time changes nothing."""
    if Rating.objects.exists():
        return
    free = Order.objects.filter(number__startswith="HM", cases=None, placed_at__lt=now - timedelta(days=20)).select_related("buyer")
    for place, order in enumerate(free.order_by("-id")[: len(OPINIONS)]):
        grade, reasons, words = OPINIONS[place]
        me = Actor(role="consumer", who=f"buyer:{order.buyer_id}", buyer_id=order.buyer_id, name=order.buyer.name)
        asked_at = now - timedelta(hours=44 - 3 * place)
        wish = Application(
            order=order.number, service="feedback", reason="suggestion", lines=(), description=told(SUGGESTIONS[place % 2], language),
            contact={"name": order.buyer.name, "phone": order.buyer.phone}, channel="web",
        )  # fmt: skip
        number = str(open_case(wish, actor=me, now=asked_at)["number"])
        thanks = {"reply": told("谢谢您的建议，已转给相关团队。", language)}
        agent = _who(people["agent"])
        make_move(number, "answer_feedback", actor=agent, answers=thanks, version=None, now=asked_at + timedelta(hours=3))
        rate(number, grade, told(words, language), reasons=reasons, actor=me, now=asked_at + timedelta(hours=5))
    _answered(people, now=now, language=language)
    _followed(people, now=now, language=language)


def _answered(people: Mapping[str, User], *, now: datetime, language: str) -> None:
    """One shop answers a poor rating."""
    shop, seller = Merchant.objects.get(code="qinglan"), people["qinglan-op"]
    poor = Rating.objects.filter(case__merchant=shop).order_by("grade", "id").first()
    if poor is not None:
        actor = replace(_who(seller), merchant_id=shop.pk)
        answer_rating(poor.case.number, told("抱歉让您久等，我们已增加验收人手。", language), actor=actor, now=now)


def _followed(people: Mapping[str, User], *, now: datetime, language: str) -> None:
    """One call is made, the others are owed; against the first cause something is planned."""
    owed = FollowUp.objects.filter(state="open").order_by("-id")
    if owed.count() > 1:
        words = told("说明了渠道到账时间，消费者表示理解。", language)
        note_call(owed[0].case.number, "explained", words, actor=_who(people["agent"]), now=now)
    plan = Planned(
        local_day(now).replace(day=1), "", "slow", told("晚间增加一班审核，积压超过 30 单时临时调人。", language),
        people["supervisor"].get_full_name(), local_day(now) + timedelta(days=21),
    )  # fmt: skip
    plan_improvement(plan, actor=_who(people["supervisor"]), now=now)


def _who(user: User) -> Actor:
    return Actor(role=user.role, who=f"user:{user.pk}", name=user.get_full_name() or user.get_username())  # type: ignore[arg-type]
