"""Play the scenarios on the demo's orders, through the real actions, at the instants at which they are said to have happened."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from io import BytesIO
from random import Random
from typing import Any

from django.db import transaction
from PIL import Image, ImageDraw

from shouhou.accounts.models import User
from shouhou.cases.actions import Application, ItemWish, make_move, open_case
from shouhou.cases.models import Case
from shouhou.cases.refusals import NOT_ELIGIBLE
from shouhou.demo.english import told
from shouhou.demo.insured import INSURED
from shouhou.demo.money import MONEY
from shouhou.demo.outside import hear
from shouhou.demo.repairs import REPAIRS
from shouhou.demo.scenarios import SCENARIOS, Scenario, Word
from shouhou.demo.services import SERVICES
from shouhou.foundation.days import end_of_day
from shouhou.foundation.refusals import Refused
from shouhou.logistics.queries import windows_for
from shouhou.orders.models import Order, OrderLine
from shouhou.plumbing.actor import SYSTEM, Actor
from shouhou.plumbing.uploads import take_upload
from shouhou.policy.queries import calendar_now


def play(
    *, most: int, seed: int, people: Mapping[str, User], now: datetime, say: Callable[[str], None], language: str = "zh-hans",
) -> int:  # fmt: skip
    """Up to `most` cases; returns how many were made. A scenario that finds no fitting order is said, not hidden."""
    random = Random(f"cases-{seed}")
    sold = OrderLine.objects.select_related("order", "order__buyer").filter(order__number__startswith="HM", claimed_quantity=0)
    sold = sold.filter(is_gift=False).order_by("-order__placed_at", "order_id", "line")
    missing = sold.filter(received_on__isnull=True)
    pools = {
        "here": list(sold.filter(received_on__isnull=False)),
        "under_way": list(missing.filter(order__shipments__isnull=False, order__placed_at__lt=now - timedelta(days=4)).distinct()),
        "unsent": list(missing.filter(order__shipments__isnull=True)),
    }
    made = 0
    for scenario in _mixed((*SCENARIOS, *REPAIRS, *SERVICES, *MONEY, *INSURED), most):
        if not _play(scenario, pools[scenario.goods], random, people, now, language):
            say(f"演示场景没有合适的订单 / no order fits the scenario: {scenario.name}")
            continue
        made += 1
    return made


def _mixed(scenarios: tuple[Scenario, ...], most: int) -> Iterator[Scenario]:
    """One of each first, so that a small number still shows every state; the choosy ones choose first."""
    rounds = max(scenario.count for scenario in scenarios)
    choosy = sorted(scenarios, key=lambda scenario: (not scenario.plus, not scenario.categories, not scenario.least_minor))
    every = [scenario for turn in range(rounds) for scenario in choosy if scenario.count > turn]
    yield from every[:most]


def _play(
    scenario: Scenario, lines: list[OrderLine], random: Random, people: Mapping[str, User], now: datetime, language: str
) -> bool:  # fmt: skip
    for line in lines:
        applied_at = _when(scenario, line, random, now)
        if applied_at is None or not _fits(scenario, line):
            continue
        blanks = _blanks(line, now)
        try:
            # In one transaction: the worker that already runs would find yesterday's limits overdue between two steps.
            with transaction.atomic():
                number = _apply(scenario, line, people, applied_at, language)
                for step in scenario.steps:
                    at = min(applied_at + timedelta(hours=step.after_hours), now)
                    if isinstance(step, Word):
                        hear(step.said, number, waybill=_waybill(random), now=at)
                        continue
                    who = _actor(step.who, line.order, people)
                    answers = told(_filled(step.answers, line, random), language)
                    answers = {name: blanks[each] if isinstance(each, str) and each in blanks else each for name, each in answers.items()}
                    make_move(number, step.move, actor=who, answers=answers, version=None, now=at)
        except Refused as no:
            if no.refusal is not NOT_ELIGIBLE:
                raise
            continue  # the book says no to this line: the next one
        lines.remove(line)
        return True
    return False


def _when(scenario: Scenario, line: OrderLine, random: Random, now: datetime) -> datetime | None:
    """An instant after receipt (or after the order) that is as long ago as the scenario wants."""
    since = end_of_day(line.received_on) if line.received_on else line.order.placed_at
    earliest = max(since, now - timedelta(hours=scenario.oldest))
    latest = now - timedelta(hours=scenario.youngest)
    if scenario.goods == "here":
        latest = min(since + timedelta(days=scenario.within_days), latest)
    if earliest >= latest:
        return None
    return earliest + (latest - earliest) * random.random()


def _fits(scenario: Scenario, line: OrderLine) -> bool:
    if scenario.categories and line.category not in scenario.categories:
        return False
    if (scenario.third and line.order.channel != "third") or (scenario.plus and line.order.buyer_tier != "plus"):
        return False
    return scenario.least_minor <= line.paid_minor // line.quantity <= scenario.most_minor


def _apply(scenario: Scenario, line: OrderLine, people: Mapping[str, User], at: datetime, language: str) -> str:
    buyer = line.order.buyer
    by_phone = scenario.channel == "phone"
    actor = _actor("agent" if by_phone else "consumer", line.order, people)
    evidence = (_photo(actor, line.title, at),) if scenario.photo else ()
    case = open_case(
        Application(
            order=line.order.number, service=scenario.service, answers=scenario.answers, reason=scenario.reason,
            lines=(ItemWish(line.line, line.quantity if scenario.goods == "unsent" else 1),),
            description=told(scenario.description, language), evidence=evidence, channel=scenario.channel,
            contact=_contact(line),
            requested_by=buyer.external_id if by_phone else None,
            call_note=told("来电申请，已核对订单与手机号。", language) if by_phone else "",
        ),
        actor=actor.acting_for(buyer.pk) if by_phone else actor, now=at,
    )  # fmt: skip
    return str(case["number"])


def _actor(role: str, order: Order, people: Mapping[str, User]) -> Actor:
    """Who acts; `merchant_operator` is whoever speaks for the seller: the house's reviewer, or the shop's own manager."""
    buyer = order.buyer
    if role == "merchant_operator" and order.channel == "third":
        owner = people[order.merchant.code]
        return Actor(role="merchant_manager", who=f"user:{owner.pk}", name=owner.get_full_name(), merchant_id=order.merchant_id)
    role = "reviewer" if role == "merchant_operator" else role
    if role == "system":
        return SYSTEM
    if role == "consumer":
        return Actor(role="consumer", who=f"buyer:{buyer.pk}", buyer_id=buyer.pk, name=buyer.name)
    person = people[role]
    return Actor(role=role, who=f"user:{person.pk}", name=person.get_full_name())  # type: ignore[arg-type]


def _filled(value: Any, line: OrderLine, random: Random) -> Any:
    """The scenario's blanks: its line and article, a tenth and nine tenths of what was paid for one unit, a waybill."""
    if isinstance(value, Mapping):
        return {key: _filled(each, line, random) for key, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, line, random) for each in value]
    blanks: dict[object, object] = {
        "{line}": line.line,
        "{tenth}": line.paid_minor // line.quantity // 10,
        "{less}": line.paid_minor // line.quantity * 9 // 10,
        "{sku}": line.sku,
        "{waybill}": _waybill(random) if value == "{waybill}" else "",
    }
    return blanks.get(value, value) if isinstance(value, str) else value


def _waybill(random: Random) -> str:
    return f"SF{random.randrange(10**13):013d}"


def _contact(line: OrderLine) -> dict[str, str]:
    """Where the order went, and to whom."""
    held, buyer = line.order.address, line.order.buyer
    return {"name": buyer.name, "phone": buyer.phone} | {name: str(held.get(name) or "") for name in ("region", "region_code", "address")}


def _blanks(line: OrderLine, now: datetime) -> dict[str, object]:
    """What only the present knows: an hour later today and one tomorrow, a pickup window that is free, the address."""
    hours = {"{today}": 2, "{tomorrow}": 26}
    found: dict[str, object] = {
        name: (now + timedelta(hours=ahead)).replace(minute=0, second=0, microsecond=0).isoformat() for name, ahead in hours.items()
    }
    windows = windows_for(_contact(line), calendar=calendar_now(), now=now)
    return found | {"{window}": windows[min(1, len(windows) - 1)].code if windows else "", "{address}": _contact(line)}


def _photo(actor: Actor, title: str, at: datetime) -> str:
    """A drawn picture that says it is one: the demo uses nobody's photograph."""
    picture = Image.new("RGB", (640, 480), (232, 236, 240))
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((120, 70, 520, 410), radius=24, fill=(250, 251, 252), outline=(120, 130, 140), width=4)
    draw.line((170, 120, 300, 250, 260, 300, 420, 370), fill=(180, 35, 42), width=6)
    draw.text((24, 444), "shouhou demo evidence", fill=(90, 98, 106))
    file = BytesIO()
    picture.save(file, "JPEG", quality=80)
    file.seek(0)
    return take_upload(file, name=f"{title[:20]}.jpg", actor=actor, now=at).token


def cases_made() -> int:
    """How many cases there are at all."""
    return Case.objects.count()
