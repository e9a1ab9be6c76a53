from datetime import timedelta
from collections import Counter
import pytest
from shouhou.cases.models import Case, Deadline, HistoryEntry
from shouhou.orders.models import OrderLine
from shouhou.payments.models import Refund, TenderAllowance
from tests.stories.test_return import refusal_of, TWO, DEAR, QUALITY
from tests.world import World

def test_pingpong(world):
    number = world.received()
    world.move(number, "accept", actor=world.staff("inspector"))
    n = world.later(days=8).ring()
    print("RINGS", n, Counter(Deadline.objects.filter(case__number=number).values_list("name","state")))
    print(HistoryEntry.objects.filter(case__number=number).count(), Case.objects.get().due_at)
    assert 0

def test_reopen_after_sent_back(world):
    number = world.received()
    i = world.staff("inspector")
    world.move(number, "not_accept", actor=i, reason_code="NO_USED_BEYOND_INSPECTION", clause="x", note="n")
    world.move(number, "send_back", actor=i, carrier="SF", tracking_number="SF9900000000002")
    world.move(number, "confirm_back", actor=world.buyer())
    world.move(number, "reopen", actor=world.buyer(), reason="x")
    world.move(number, "reject", actor=world.staff("reviewer"), reason_code="NO_OTHER_LEGAL", clause="x", note="n")
    world.move(number, "dispute", actor=world.buyer(), reason="x")
    s = world.move(number, "rule_for_consumer", actor=world.staff("arbitrator"), note="x")
    print("STATUS", s["status"], Refund.objects.values_list("amount_minor"))
    assert 0

def test_none_fault(world):
    o = world.order(freight=1000, payments=[{"tender": "card", "amount": 20900}])
    number = world.later(days=1).apply(o)["number"]
    world.goods_back(number)
    world.move(number, "accept", actor=world.staff("inspector"), fault="none")
    print("NONE", Refund.objects.values_list("amount_minor", "freight_minor"))
    assert 0

@pytest.mark.parametrize("items", [[{"line":1,"grade":[]}], [{"line":1,"grade":{}}],[{"line":1,"accepted":1,"disposition":[1]}],[{"line":1,"note":"\x00"}],[{"line":1,"deduction_reason":"\x00"}], [{"line":[1]}], [{"line":1,"accepted":True}], [{"line":1,"accepted":10**30}],[{"line":1,"note":"\ud800"}]])
def test_hostile(world, items):
    number = world.received()
    print(refusal_of(world.move, number, "accept", actor=world.staff("inspector"), items=items).code)
@pytest.mark.parametrize("extra", [dict(evidence=["\x00"]), dict(description="a\x00"), dict(contact={"phone":"1\x00"}), dict(call_note="\x00"), dict(reason="\x00")])
def test_hostile_open(world, extra):
    o = world.order()
    w = {**QUALITY, **extra}
    print(refusal_of(world.apply, o, **w).code)
def test_hostile_photos(world):
    number = world.received()
    print(refusal_of(world.move, number, "accept", actor=world.staff("inspector"), photos=["\x00"]).code)
def test_hostile_serial(world):
    number = world.apply(world.order())["number"]
    world.move(number, "ship", actor=world.buyer(), carrier="SF", tracking_number="SF1000000000011")
    print(refusal_of(world.move, number, "receive", actor=world.staff("inspector"), packing="ok", appearance="ok", accessories="ok", items=[{"line":1,"received":1,"serials":["\x00"]}]).code)
def test_deduction_on_not_accepted(world):
    order = dict(lines=[{"line":1,"sku":"A","title":"A","category":"generic","quantity":1,"unit_price":5000,"paid":5000},{"line":2,"sku":"B","title":"B","category":"generic","quantity":1,"unit_price":9000,"paid":9000}], payments=[{"tender":"card","amount":14000}])
    number = world.received(order=order, items={1:1,2:1})
    s = world.move(number, "propose_deduction", actor=world.staff("inspector"), items=[{"line":1,"accepted":0,"deduction":5000,"deduction_reason":"x"}])
    print("DED", s["status"], s["refund_preview"])
    assert 0
def test_stuck_two_refunds(world, fake):
    order = dict(lines=[{"line":1,"sku":"A","title":"A","category":"generic","quantity":2,"unit_price":10000,"paid":20000}], payments=[{"tender":"card","amount":10000},{"tender":"wallet","amount":10000}])
    o = world.order(**order); world.later(days=1)
    a = world.apply(o)["number"]; 
    world.goods_back(a); b = world.apply(o)["number"]; world.count=77; world.goods_back(b)
    world.move(a, "accept", actor=world.staff("inspector"))
    fake.behave("refuse"); world.pay(a)

    print(world.case(a)["status"], list(Refund.objects.get(subject=a).parts.values_list("tender","state","amount_minor")))
    world.move(b, "accept", actor=world.staff("inspector"))
    world.pay(b)
    print(world.case(b)["status"], list(Refund.objects.get(subject=b).parts.values_list("tender","state","amount_minor")), list(TenderAllowance.objects.values_list()))
    s = world.move(a, "retry_refund", actor=world.staff("finance"))
    print(s["status"])
    assert 0
def test_supervisor_consents_to_own_deduction(world):
    number = world.received()
    sup = world.staff("supervisor")
    world.move(number, "propose_deduction", actor=sup, items=[{"line":1,"accepted":1,"grade":"C","disposition":"refurbish","deduction":19000,"deduction_reason":"x"}])
    print("CONSENT", world.move(number, "consent", actor=sup)["status"])
    assert 0
def test_merchant_closes_with_goods(world):
    from tests.stories.test_return import THIRD
    number = world.received(order=THIRD)
    s = world.move(number, "close_case", actor=world.staff("merchant_manager", merchant="m1"), closing_reason="other", note="x")
    print("MCLOSE", s["status"], OrderLine.objects.get().claimed_quantity)
    assert 0
def test_pickup_close(world):
    assert 1
def test_poison(world, monkeypatch):
    a = world.apply(world.order())["number"]; b = world.apply(world.order())["number"]
    OrderLine.objects.filter(case_items__case__number=a).update(claimed_quantity=0)
    world.later(days=9)
    try:
        print("POISON", world.ring())
    except Exception as e: print("POISON raised", type(e))
    print(world.case(a)["status"], world.case(b)["status"])
    assert 0
