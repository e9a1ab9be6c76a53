"""Fill an installation with the demo shop; a second time changes nothing."""

from collections.abc import Callable
from datetime import date, datetime

from shouhou.accounts.models import Buyer
from shouhou.demo.breaches import miss_some
from shouhou.demo.cases import cases_made, play
from shouhou.demo.floor import lay_out
from shouhou.demo.insured import insure
from shouhou.demo.opinions import rate_some
from shouhou.demo.orders import orders as generate
from shouhou.demo.plans import sell_plan
from shouhou.demo.points import open_points
from shouhou.demo.reconciling import reconcile
from shouhou.demo.rooms import open_rooms
from shouhou.demo.settling import settle_up
from shouhou.demo.staff import employ
from shouhou.demo.talks import talk
from shouhou.demo.team import train
from shouhou.foundation.days import local_day
from shouhou.orders.actions import put_order
from shouhou.orders.models import Order
from shouhou.orders.snapshot import snapshot_of
from shouhou.plumbing.actor import Actor

LOADER = Actor(role="operations", who="demo", name="演示数据")


def seed(
    *, orders: int, cases: int, seed: int, today: date | None, now: datetime, say: Callable[[str], None],
    language: str = "zh-hans",
) -> None:  # fmt: skip
    """Staff, shops, keys, `orders` orders and `cases` cases; resumed where a killed run stopped. "en": all told in English."""
    people = employ(now=now, language=language)
    open_points(actor=LOADER, now=now)
    open_rooms(actor=LOADER, now=now, language=language)
    if cases_made():
        say("演示数据已存在 / the demo data is there already")
        return
    had = Order.objects.filter(number__startswith="HM").count()
    if had < orders:
        # A run that was killed is finished with the day it was begun on, else every order would be a second one.
        first = Order.objects.filter(number__startswith="HM").order_by("pk").values_list("extra", flat=True).first()
        day = date.fromisoformat(first["demo_day"]) if first else today or local_day(now)
        for raw in generate(count=orders, seed=seed, today=day, language=language):
            snapshot = snapshot_of(raw)
            put_order(snapshot, number=snapshot.number, actor=LOADER, now=now)
    # What they are written is in their language, too.
    Buyer.objects.exclude(language=language).update(language=language)
    say(f"演示订单 {orders} 笔 / {orders} demo orders")
    insure(actor=LOADER, language=language)
    made = play(most=cases, seed=seed, people=people, now=now, say=say, language=language)
    lay_out(seed=seed, people=people, now=now, language=language)
    sell_plan(now=now)
    talk(people=people, now=now, language=language)
    train(people=people, now=now, language=language)
    rate_some(people=people, now=now, language=language)
    miss_some(people=people, now=now, language=language)
    settle_up(now=now)
    reconcile(now=now)
    say(f"演示售后单 {made} 件 / {made} demo cases")
