"""What only some doors know: a repair on the bench with its quote and payment, a parcel of nobody, a paper scan, a service point."""

import io
from contextlib import suppress
from dataclasses import dataclass
from datetime import time, timedelta
from typing import TYPE_CHECKING, Any

from PIL import Image

from shouhou.accounts.models import User
from shouhou.cases.models import Case
from shouhou.conduct.actions import register_contact
from shouhou.documents.actions import take_scan
from shouhou.foundation.days import local_day
from shouhou.foundation.refusals import Refused
from shouhou.insurance.actions import put_policy
from shouhou.insurance.models import FreightClaim
from shouhou.ledger import recipes
from shouhou.ledger.actions import post
from shouhou.logistics.actions.points import put_point
from shouhou.logistics.actions.unknown import Found, record_unknown
from shouhou.payments.actions.charge_sending import begin_charge, exchange_charge, finish_charge
from shouhou.payments.models import Charge
from shouhou.plumbing import clock
from shouhou.plumbing.actor import SYSTEM, Actor
from shouhou.repairs.models import WorkOrder
from shouhou.settlements.actions import AccountFacts, announce_recharges, keep_account, pay_in, prepare_settlement
from shouhou.settlements.models import Recharge
from shouhou.support.conversations.actions import add_duty, add_reply, open_talk, record_call, say
from shouhou.support.conversations.actions.calling import Telephoned
from shouhou.support.conversations.actions.keeping import NewDuty
from shouhou.support.conversations.actions.opening import Question
from tests.browser.finance_corner import finance_money, wrong_charge
from tests.world import THIRD, World

if TYPE_CHECKING:
    from tests.browser.ground import Story

POINT: dict[str, Any] = {
    "code": "CD-01", "name_zh": "Jinjiang centre", "name_en": "Jinjiang centre", "kind": "both", "region_code": "510104",
    "address_zh": "8 Chunxi Road", "phone": "028-1000-0001", "latitude": "30.657", "longitude": "104.081", "hours": "1-5 09:00-18:00",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Corners:
    """Numbers: a repair whose quote was accepted, its work order and its payment; a parcel, a scan, a service point; a freight
    claim to decide; a recharge that was appealed against, a settlement to let go;
    a refund that was refused, an invoice to be reversed, a batch for the bank; a talk of the buyer with the house; a charge of which
    the channel took another amount."""

    repair: str
    work: str
    charge: str
    parcel: str
    scan: str
    point: str
    freight: str
    recharge: str
    settlement: str
    refund: str
    invoice: str
    batch: str
    talk: str
    wrong: str


def corners(world: World, told: "Story") -> Corners:
    """Make them; the payment channel makes the payment out."""
    repair = _quoted(world, told)
    accept(repair, world.buyer())
    charge = Charge.objects.get(subject=repair)
    if step := begin_charge(charge.id, now=clock.now()):
        finish_charge(step, exchange_charge(step), started_at=clock.now(), now=clock.now())
    put_point(POINT, actor=world.staff("operations", "key:1"), now=clock.now())
    return Corners(
        repair, WorkOrder.objects.get(subject=repair).number, charge.number, unknown_parcel(told), paper_scan(), POINT["code"],
        freight_claim(world, told), *shop_money(world, told), *finance_money(world, told),
        question(world, told), wrong_charge(repair),
    )  # fmt: skip


def question(world: World, told: "Story") -> str:
    """A buyer asks, somebody of the house answers, the buyer asks on; a canned reply, a shift, a call and a blocked word."""
    order, agent = world.order(**told.parts), world.staff("agent", "key:1")
    boss = User.objects.create(username="boss", role="supervisor", first_name=told.name)
    keeper = Actor(role="supervisor", who=f"user:{boss.pk}", name=told.name)
    week = NewDuty(boss.pk, (1, 2, 3, 4, 5, 6, 7), time(0), time(0), True, (), local_day(clock.now()))
    add_duty(week, actor=keeper, now=clock.now())
    add_reply(title=told.name, text_zh=told.fault, text_en=told.fault, topic="", actor=keeper, now=clock.now())
    number = open_talk(Question("use", told.fault, order=order), actor=world.buyer(), now=clock.now())
    say(number, told.fine, actor=agent, now=clock.now())
    say(number, told.fault, audience="house", actor=agent, now=clock.now())
    record_call(number, Telephoned("in", "13800000001", clock.now(), 3, told.fine), actor=agent, now=clock.now())
    say(number, told.fault, actor=world.buyer(), now=clock.now())
    with suppress(Refused):
        say(number, "wechat: lin12345", actor=agent, now=clock.now())
    register_contact("400-000-1000", note=told.name, merchant_id=None, actor=keeper, now=clock.now())
    return number


def accept(repair: str, buyer: Actor) -> None:
    """The quote is accepted: now there is something to pay."""
    from shouhou.cases.actions import make_move

    make_move(repair, "accept_quote", actor=buyer, answers={}, version=None, now=clock.now())


def unknown_parcel(told: "Story") -> str:
    found = Found(contents=told.fault, place="B-03", waybill="SF0000000000077", sender_name=told.name)
    return record_unknown(found, actor=Actor(role="inspector", who="key:1", name=told.name), now=clock.now()).number


def paper_scan() -> str:
    """A page without a code on it."""
    page = io.BytesIO()
    Image.new("RGB", (595, 842), "white").save(page, "PNG")
    page.seek(0)
    agent = Actor(role="agent", who="key:1", name="agent")
    return take_scan(page, name="scan.png", actor=agent, now=clock.now()).number


def freight_claim(world: World, told: "Story") -> str:
    """A return of an insured order, completed: its claim waits for the insurer."""
    order = world.order(**{**told.parts, "merchant": {**THIRD["merchant"], "name": told.name}})
    policy = {"number": "FP-1", "order": order, "insurer": "picc", "insurer_name": "PICC", "sum": 2500, "standard": "cn-basic"}
    put_policy(policy, actor=SYSTEM, now=world.now)
    case, keeper = str(world.apply(order, **told.wish)["number"]), world.staff("merchant_operator", "key:1", merchant="m1")
    if Case.objects.get(number=case).status == "submitted":
        world.move(case, "approve", actor=keeper)
    world.move(case, "ship", actor=world.buyer(), carrier="SF", tracking_number="SF0000000009301", freight_paid=1500)
    world.move(case, "receive", actor=keeper, packing="ok", appearance="ok", accessories="ok")
    world.move(case, "accept", actor=keeper)
    if Case.objects.get(number=case).status == "refund_review":
        world.move(case, "approve_refund", actor=world.staff("finance", "key:9"))
    world.pay(case)
    if Case.objects.get(number=case).status != "refunded":  # no channel runs here
        world.move(case, "refund_settled", actor=SYSTEM)
    return FreightClaim.objects.get(subject=case).number


def shop_money(world: World, told: "Story") -> tuple[str, str]:
    """What the platform paid for the shop and claims back, appealed; a settlement that waits for its second person."""
    finance, now = Actor(role="finance", who="key:1", name=told.name), clock.now()
    case = str(world.apply(world.order(**told.parts), **told.wish)["number"])
    post(recipes.freight_advanced(carrier="SF", amount_minor=1500), recipe="freight_advanced", subject=case, currency="CNY",
         key="freight-of-the-corner", by="clock", now=now)  # fmt: skip
    announce_recharges(now=now)
    row = Recharge.objects.get(subject=case)
    Recharge.objects.filter(pk=row.pk).update(
        state="appealed", appeal=told.fault, appealed_by="key:2", appealed_at=now, decide_until=now + timedelta(days=7)
    )
    keep_account("self", AccountFacts(False, 500000, "fake", "House of Tea Ltd", "6222000000001234"), actor=finance, now=now)
    pay_in("self", amount_minor=100000, proof="BANK-1", owed=False, actor=finance, now=now)
    pay_in("self", amount_minor=500000, proof="BANK-2", owed=True, actor=finance, now=now)
    return row.number, prepare_settlement("self", actor=finance, now=now).number


def _quoted(world: World, told: "Story") -> str:
    """A thing that was dropped: approved, sent in, found broken, quoted."""
    case = str(world.apply(
        world.order(**told.parts), service="repair", reason="quality", description=told.fault, answers={"fault_code": "defect_other"},
        **told.wish,
    )["number"])  # fmt: skip
    if Case.objects.get(number=case).status == "evidence_asked":
        world.move(case, "send_evidence", actor=world.buyer(), description=told.fault)
    bench = Actor(role="technician", who="user:5", name=told.name)
    world.move(case, "approve", actor=world.staff("reviewer", "user:3"))
    world.move(case, "ship", actor=world.buyer(), carrier="SF", tracking_number="SF0000000009001")
    world.move(case, "receive", actor=bench, packing="ok", appearance="ok", accessories="ok")
    world.move(case, "diagnose", actor=bench, finding="faulty", cause="human", fault_code="defect_other", note=told.fault)
    world.move(case, "quote", actor=bench, parts_fee=12000, labour_fee=6000, lines=[{"what": told.fine, "amount": 12000}])
    return case
