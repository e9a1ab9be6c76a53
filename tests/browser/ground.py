"""Cases in different hands, so that every type of page has something to show."""

from dataclasses import asdict, dataclass, field
from datetime import time, timedelta
from typing import Any
from urllib.parse import urlsplit

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest
from django.test import Client

from shouhou.accounts.models import Buyer, Organisation, User
from shouhou.accounts.reset import reset_link
from shouhou.accounts.signin import link_for
from shouhou.cases.actions import rate
from shouhou.cases.models import Case, Deadline
from shouhou.foundation.days import local_day
from shouhou.merchants.models import Merchant, ReturnAddress
from shouhou.orders.models import Order
from shouhou.plumbing import clock
from shouhou.policy.queries import versions
from shouhou.support.conversations.models import Duty
from shouhou.support.help.actions import sync_shipped
from shouhou.support.teams.models import Check, Course, Swap, Training
from shouhou.web.actions import keep_draft
from shouhou.web.consumer.signin import ASKED_KEY
from shouhou.web.tests.test_notices_pages import tell_all
from tests.browser.corners import corners
from tests.browser.notice_corner import notice_corner
from tests.browser.sights import Facts
from tests.world import World

MANY = [
    {"line": 1, "sku": "K", "title": "电热水壶 1.7 L", "category": "kettle", "quantity": 2, "unit_price": 19900, "paid": 35800},
    {"line": 2, "sku": "F", "title": "蓝莓 500 g", "category": "fresh", "quantity": 1, "unit_price": 3990, "paid": 3990},
]
PAID = [{"tender": "card", "amount": 30000, "reference": "c"}, {"tender": "wallet", "amount": 9790, "reference": "w"}]


@dataclass(frozen=True, slots=True)
class Story:
    """What people and shops say: the same ground can be told in another language. `parts` are of every order, `many` of
    the one to apply for, `wish` of every application; `depot` is where goods go."""

    parts: dict[str, Any] = field(default_factory=dict)
    many: dict[str, Any] = field(default_factory=lambda: {"lines": MANY, "payments": PAID})
    wish: dict[str, Any] = field(default_factory=dict)
    depot: dict[str, str] = field(default_factory=dict)
    fault: str = "壶底渗水。"
    fine: str = "完好"
    name: str = "林一"


def lay(world: World, story: Story | None = None) -> Facts:
    """An order to apply for and one half applied for; cases waiting for a reviewer, the buyer and the inspector, one accepted."""
    told = story or Story()
    sync_shipped(clock.now())
    order, half = world.order(**{**told.parts, **told.many}), world.order(**told.parts)
    if told.depot:
        ReturnAddress.objects.update(**told.depot)
    waiting = world.apply(world.order(**told.parts), **told.wish)["number"]
    asked = world.apply(world.order(**told.parts), reason="quality", description=told.fault, **told.wish)["number"]
    received, closed = _received(world, told), _received(world, told)
    world.move(closed, "accept", actor=world.staff("inspector"))
    world.pay(closed)
    shop = Merchant.objects.get(code="self")
    shop.organisation = house_of("merchant")
    shop.save()
    User.objects.create(username="colleague", role="merchant_operator", organisation=shop.organisation)
    person = User.objects.create(username="somebody", role="reviewer", organisation=house_of("operator"), first_name=told.name)
    tell_all(world)
    sent, call, off = notice_corner(waiting, now=clock.now())
    return Facts(
        order=order, half=half_applied(half, told), sold=order, case=asked, waiting=waiting, received=received, closed=closed,
        rated=_rated(world, told), complaint=_complaint(world, told), clock=clock_of(waiting),
        version=versions("std-1")[-1].version, person=str(person.pk),
        **asdict(corners(world, told)),
        address=str(ReturnAddress.objects.get(merchant=shop).pk), reset=urlsplit(reset_link(person)).path,
        month=f"{clock.now():%Y-%m}", told=sent, call=call, off=off, check=_team(person, waiting),
    )  # fmt: skip


def _team(person: User, number: str) -> str:
    """A desk with a course that this person has, a shift that somebody else is to take, and a check that waits for its scores."""
    now, boss = clock.now(), User.objects.create(username="trainer", role="supervisor", organisation=house_of("operator"))
    course = Course.objects.create(
        title_zh="家电售后", title_en="Appliances", subject="products", groups=["appliances"], pass_score=80, valid_months=12,
        by="x", at=now,
    )  # fmt: skip
    today = local_day(now)
    Training.objects.create(course=course, user=person, taken_on=today, score=90, expires_on=today + timedelta(days=20), by=boss, at=now)
    shift = Duty.objects.create(
        user=person, weekdays=[1, 2, 3, 4, 5, 6, 7], since=time(9), until=time(18), skills=[], first_day=today, by="x", at=now
    )
    Swap.objects.create(duty=shift, day=today, asked_by=person, colleague=boss, reason="1", state="agreed", asked_at=now)
    check = Check.objects.create(user=person, month=today.replace(day=1), kind="case", number=number, drawn_by="x", drawn_at=now)
    return str(check.pk)


def _rated(world: World, told: Story) -> str:
    """A feedback that was answered and rated poorly: a call is owed."""
    wish = {"service": "feedback", "reason": "suggestion", "description": told.fault, **told.wish}
    number = str(world.apply(world.order(**told.parts), **wish)["number"])
    world.move(number, "answer_feedback", actor=world.staff("agent"), reply=told.fine)
    rate(number, 1, told.fine, reasons=["slow"], actor=world.buyer(), now=clock.now())
    return number


def _complaint(world: World, told: Story) -> str:
    """A complaint about a delivery that waits for its answer."""
    wish = {"service": "complaint", "reason": "about_delivery", "description": told.fault, **told.wish}
    return str(world.apply(world.order(**told.parts), **wish)["number"])


def house_of(kind: str) -> Organisation:
    """The house itself ("operator") or a shop's company."""
    return Organisation.objects.get_or_create(code=kind, defaults={"name": "平台", "kind": kind})[0]


def half_applied(number: str, story: Story | None = None) -> str:
    """The same number, its application filled in until the last step."""
    told, order = story or Story(), Order.objects.get(number=number)
    half = {
        "line": ["1"], "q1": ["1"], "service": ["return"], "reason": ["not_as_expected"], "c1-opened": ["yes"],
        "description": [told.fault], "return_method": ["ship_back"], "name": [told.name], "phone": ["13800000001"],
    }  # fmt: skip
    keep_draft(order, half, buyer_id=order.buyer_id, now=clock.now())
    return number


def clock_of(case: str) -> str:
    """The name of a limit that runs on the case, or ran."""
    return Deadline.objects.filter(case=Case.objects.get(number=case)).order_by("-id")[0].name


def sign_in(who: str) -> dict[str, str]:
    """The session cookie of a buyer who came by the shop's link, or of a member of staff of the house."""
    if not who:
        return {}
    client = Client()
    if who == "consumer":
        client.get(shop_link())
    elif who == "asked":
        session = client.session
        session[ASKED_KEY] = {"order": "T0001", "phone": "13800000001", "next": "", "at": clock.now().isoformat()}
        session.save()
        client.cookies[settings.SESSION_COOKIE_NAME] = str(session.session_key)
    else:
        house = house_of("merchant" if who.startswith("merchant_") else "operator")
        if house.kind == "merchant":
            Merchant.objects.filter(code="self").update(organisation=house)
        known = {"role": who, "organisation": house, "first_name": "陆工", "password": make_password("水壶会开的")}
        user, _ = User.objects.get_or_create(username=f"the-{who}", defaults=known)
        client.force_login(user)
        # As if the password had just been given: the pages of the account ask for it again otherwise.
        request = HttpRequest()
        request.session, request.user = client.session, user
        record_authentication(request, user, "password", reauthenticated=True)
        request.session.save()
    return {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}


def shop_link(order: str = "") -> str:
    """The shop's signed link of the world's first buyer."""
    link = link_for(Buyer.objects.order_by("pk")[0], expires=clock.now() + timedelta(hours=1), secret=settings.SHOP_LINK_SECRET)
    return link + (f"&order={order}" if order else "")


def _received(world: World, told: Story) -> str:
    number = str(world.apply(world.order(**told.parts), **told.wish)["number"])
    world.move(number, "ship", actor=world.buyer(), carrier="SF", tracking_number=f"SF{world.count:013d}")
    world.move(number, "receive", actor=world.staff("inspector"), packing="ok", appearance="ok", accessories="ok", note=told.fine)
    return number
