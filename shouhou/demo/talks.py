"""What is being asked in the demo: a question for the house, one for a shop, one answered, a rota and canned replies."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, time, timedelta

from shouhou.accounts.models import User
from shouhou.cases.models import Case
from shouhou.conduct.actions import register_contact
from shouhou.conduct.appeals import appeal_screened, mine
from shouhou.demo.english import told
from shouhou.foundation.days import local_day
from shouhou.foundation.refusals import Refused
from shouhou.merchants.models import Merchant
from shouhou.orders.models import Order
from shouhou.plumbing.actor import Actor
from shouhou.support.conversations.actions import add_duty, add_reply, open_talk, say, weigh_words
from shouhou.support.conversations.actions.keeping import NewDuty
from shouhou.support.conversations.actions.opening import Question
from shouhou.support.conversations.models import Conversation

WEEK = (1, 2, 3, 4, 5, 6, 7)


def talk(*, people: Mapping[str, User], now: datetime, language: str = "zh-hans") -> None:
    """Three conversations and who answers them; a second time changes nothing."""
    if Conversation.objects.exists():
        return
    boss, agent = _who(people["supervisor"]), _who(people["agent"])
    _rota(boss, people["agent"], now=now)
    shop = Merchant.objects.get(code="qinglan")
    seller = replace(_who(people["qinglan-op"]), merchant_id=shop.pk)
    add_reply(
        title=told("问候", language), text_zh=told("您好 {buyer}，我是客服{agent}，正在为您查看。", language),
        text_en="Hello {buyer}, this is {agent}. I am looking into it.", topic="", actor=boss, now=now,
    )  # fmt: skip
    add_reply(
        title=told("售后进度", language), text_zh=told("您的售后单 {case} 现在是“{status}”。", language),
        text_en="Your case {case} is now: {status}.", topic="return", actor=boss, now=now,
    )  # fmt: skip
    register_contact("400-000-1000", note=told("平台热线（示例）", language), merchant_id=None, actor=boss, now=now)
    case = Case.objects.filter(closed_at=None, merchant__channel="self").select_related("buyer").order_by("-id").first()
    sold = Order.objects.filter(merchant=shop, number__startswith="HM").select_related("buyer").order_by("-id").first()
    if case is not None and case.order is not None:
        me, asked_at = _buyer(case.buyer_id, case.buyer.name), now - timedelta(minutes=40)
        number = open_talk(Question("return", told("退货寄出三天了，什么时候验收？", language), case=case.number), actor=me, now=asked_at)
        say(number, told("您好，仓库今天会验收，有结果马上通知您。", language), actor=agent, now=now - timedelta(minutes=35))
        blinking = Question("use", told("新买的机器指示灯一直闪，是坏了吗？", language), order=case.order.number)
        open_talk(blinking, actor=me, now=now - timedelta(minutes=12))
    if sold is not None:
        me = _buyer(sold.buyer_id, sold.buyer.name)
        where = Question("delivery", told("物流两天没有更新了，能帮我查一下吗？", language), order=sold.number)
        number = open_talk(where, actor=me, now=now - timedelta(hours=2))
        say(number, told("已联系快递，明天上午送达。", language), actor=seller, now=now - timedelta(hours=1))
        _blocked(number, seller, language, now=now - timedelta(minutes=50))
        say(number, told("谢谢，那我等明天。", language), actor=me, now=now - timedelta(minutes=20))


def _blocked(number: str, seller: Actor, language: str, *, now: datetime) -> None:
    """What the rules did not let go, and its author's appeal that waits for somebody."""
    words = told("补偿我们私下给您，请加微信 qinglan888。", language)
    with suppress(Refused):
        weigh_words(number, words, audience="all", actor=seller, now=now)
    for row in mine(seller):
        appeal_screened(row.pk, told("买家先留了微信号，我只是确认。", language), actor=seller, now=now)


def _rota(boss: Actor, agent: User, *, now: datetime) -> None:
    """Somebody at any hour: by day the agent, by night the supervisor."""
    day = NewDuty(agent.pk, WEEK, time(8), time(22), True, (), local_day(now))
    night = NewDuty(int(boss.who.removeprefix("user:")), WEEK, time(22), time(8), True, (), local_day(now) - timedelta(days=1))
    for shift in (day, night):
        add_duty(shift, actor=boss, now=now)


def _who(person: User) -> Actor:
    return Actor(role=person.role, who=f"user:{person.pk}", name=person.get_full_name())  # type: ignore[arg-type]


def _buyer(buyer_id: int, name: str) -> Actor:
    return Actor(role="consumer", who=f"buyer:{buyer_id}", buyer_id=buyer_id, name=name)
