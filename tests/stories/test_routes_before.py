"""Another card, a bank account or the balance, chosen before the refund is sent: agreed to by the buyer, kept, paid one way only."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from shouhou.accounts.erasure import erase_buyer
from shouhou.cases.models import Case, HistoryEntry, Message
from shouhou.foundation.refusals import Refused
from shouhou.ledger.queries import balances, trial_balance
from shouhou.payments.actions import make_batch, release_batch, retry_refund, take_line
from shouhou.payments.models import OtherRoute, Refund, RefundPart, TenderAllowance, WantedRoute
from shouhou.payments.rules.bank import BankLine
from shouhou.payments.tests.conftest import work
from shouhou.plumbing.actor import SYSTEM
from shouhou.plumbing.models import Event
from tests.conftest import Fake, Shop
from tests.stories.carrying import UNSENT, shop_answers, unchanged
from tests.stories.uploading import photo
from tests.world import DEAR, THIRD, World

ACCOUNT = "6222 0202 0011 2233 445"
PLAIN = "".join(ACCOUNT.split())
BANK: dict[str, Any] = {"route": "bank", "payee": "林一", "bank": "工商银行", "account": ACCOUNT, "agree": True}
BALANCE: dict[str, Any] = {"route": "balance", "agree": True}
NOTE = "3 月 13 日 10:20 来电 138…0001：原卡已注销，请转工商银行"
CHANNELS = pytest.mark.parametrize(("channel", "shop"), [({}, None), (THIRD, "m1")])


@pytest.fixture(autouse=True)
def _uploads(settings: Settings, tmp_path: Path) -> None:
    settings.UPLOADS_ROOT = tmp_path / "uploads"


def choose(world: World, number: str, **answers: Any) -> dict[str, Any]:
    return world.move(number, "choose_refund_way", actor=world.buyer(), **answers)


def accepted(world: World, number: str, shop: str | None = None) -> None:
    inspector = world.staff("merchant_operator" if shop else "inspector", merchant=shop)
    world.move(number, "ship", actor=world.buyer(), carrier="SF", tracking_number=f"SF{world.count:013d}")
    world.later(days=2).move(number, "receive", actor=inspector, packing="ok", appearance="ok", accessories="ok")
    world.move(number, "accept", actor=inspector)


def tenders() -> dict[str, int]:
    return {each.account: each.posted_minor for each in balances(prefix="tender") if each.posted_minor}


@CHANNELS
def test_a_bank_account_chosen_before_is_paid_by_finance_and_the_card_is_never_asked(
    world: World, fake: Fake, channel: dict[str, Any], shop: str | None
) -> None:
    number = world.later(days=1).apply(world.order(**channel))["number"]
    assert choose(world, number, **BANK)["status"] == "awaiting_goods"
    told = Case.objects.get(number=number).preview["applied"]["tenders"]
    assert [each["tender"] for each in told] == ["bank"], "what is shown before is what happens"
    accepted(world, number, shop)
    world.pay(number)
    world.pay(number)
    assert (world.case(number)["status"], fake.movements()) == ("refund_stuck", [])
    refund = Refund.objects.get()
    assert list(RefundPart.objects.values_list("tender", "channel", "state")) == [("bank", "transfer", "refused")]
    assert not Event.objects.filter(type="refund.failed").exists(), "nothing has failed: it waits for finance"
    kept = OtherRoute.objects.get()
    assert (kept.kind, kept.by, kept.account, kept.payee) == ("bank", world.buyer().who, PLAIN, "林一") and "我同意" in kept.consent
    slip = photo(world, by=world.staff("finance"))
    world.move(number, "settle_offline", actor=world.staff("finance"), proof="工行回单 20260313", proof_files=[slip])
    assert (world.case(number)["status"], fake.movements(), tenders()) == ("refunded", [], {"tender:offline:bank": 19900})
    allowance = TenderAllowance.objects.get()
    assert (allowance.reserved_minor, allowance.settled_minor, set(trial_balance().values())) == (0, 19900, {0})
    refund.refresh_from_db()
    assert refund.state == "settled"


def test_the_account_is_sealed_and_masked_wherever_it_is_told(world: World, fake: Fake) -> None:
    number = world.later(days=1).apply(world.order())["number"]
    choose(world, number, **BANK)
    with connection.cursor() as cursor:
        cursor.execute("SELECT account FROM payments_wantedroute")
        assert PLAIN not in cursor.fetchone()[0]
    accepted(world, number)
    world.pay(number)
    told = [
        *HistoryEntry.objects.values_list("answers", flat=True), *Event.objects.values_list("data", flat=True),
        *Message.objects.values_list("text", flat=True), *Case.objects.values_list("details", flat=True),
        world.case(number), world.case(number, actor=world.buyer()),
    ]  # fmt: skip
    assert PLAIN not in str(told) and ACCOUNT not in str(told) and "•••• 3445" in str(told)
    assert WantedRoute.objects.get().account == "", "it stands once only, with the refund"


def test_the_batch_pays_it_with_a_second_person_and_nobody_can_send_it_to_the_card_as_well(world: World, fake: Fake) -> None:
    number = world.later(days=1).apply(world.order())["number"]
    choose(world, number, **BANK)
    accepted(world, number)
    world.pay(number)
    refund, maker, second = Refund.objects.get(), world.staff("finance"), world.staff("finance", "user:second")
    with pytest.raises(Refused, match="REFUND_BY_TRANSFER"):
        retry_refund(refund.number, actor=maker, now=world.now)
    assert unchanged(world, number, world.move, number, "retry_refund", actor=maker) == "MOVE_NOT_NOW"
    batch = make_batch([refund.number], key="b", actor=maker, now=world.now)
    with pytest.raises(Refused, match="SECOND_PERSON_NEEDED"):
        release_batch(batch.number, actor=maker, now=world.now)
    release_batch(batch.number, actor=second, now=world.now)
    assert unchanged(world, number, world.move, number, "choose_route", actor=world.buyer(), **BALANCE) == "REFUND_IN_BATCH"
    line = BankLine(
        place=1, refund=refund.number, paid=True, amount_minor=19900, currency="CNY", reference="B-1", why=""
    )
    assert [take_line(batch.number, line, actor=maker, now=world.now) for _ in range(2)] == ["paid", "before"]
    assert (world.case(number)["status"], tenders(), fake.movements()) == ("refunded", {"tender:offline:bank": 19900}, [])


@CHANNELS
def test_the_balance_may_still_be_chosen_later_and_the_last_word_counts(
    world: World, fake: Fake, channel: dict[str, Any], shop: str | None
) -> None:
    number = world.later(days=1).apply(world.order(**channel))["number"]
    choose(world, number, **BANK)
    choose(world, number, **BALANCE)
    assert not any(row.account for row in WantedRoute.objects.all()), "an account that is not wanted any more is forgotten"
    accepted(world, number, shop)
    world.pay(number)
    assert (world.case(number)["status"], tenders()) == ("refunded", {"tender:fake:balance": 19900})
    assert [row.kind for row in OtherRoute.objects.all()] == ["balance"]


def test_who_goes_back_to_the_original_means_is_paid_there_without_any_other_route(world: World, fake: Fake) -> None:
    number = world.later(days=1).apply(world.order(), answers={"refund_to": "balance"})["number"]
    choose(world, number, **BANK)
    choose(world, number, route="original", agree=True)
    accepted(world, number)
    world.pay(number)
    assert (tenders(), OtherRoute.objects.count()) == ({"tender:fake:card": 19900}, 0)
    assert [row.kind for row in WantedRoute.objects.order_by("id")] == ["bank", "original"]


def test_a_call_is_written_down_with_its_words_and_a_shops_people_may_not(world: World, fake: Fake) -> None:
    number = world.later(days=1).apply(world.order(**THIRD))["number"]
    shop, agent = world.staff("merchant_manager", merchant="m1"), world.staff("agent")
    told = {name: value for name, value in BANK.items() if name != "agree"}
    for actor in (shop, agent, world.staff("supervisor")):
        assert unchanged(world, number, world.move, number, "choose_refund_way", actor=actor, **BANK) == "MOVE_NOT_YOURS"
    assert unchanged(world, number, world.move, number, "record_refund_way", actor=shop, **told, call_note=NOTE) == "MOVE_NOT_YOURS"
    assert unchanged(world, number, world.move, number, "record_refund_way", actor=agent, **told) == "ANSWERS_INVALID"
    assert not WantedRoute.objects.exists()
    world.move(number, "record_refund_way", actor=agent, **told, call_note=NOTE)
    accepted(world, number, "m1")
    world.pay(number)
    kept = OtherRoute.objects.get()
    assert (kept.by, kept.call_note, kept.kind, kept.account) == ("user:agent", NOTE, "bank", PLAIN)


def test_without_a_tick_with_half_an_account_or_once_it_is_sent_nothing_changes(world: World, fake: Fake) -> None:
    number = world.later(days=1).apply(world.order())["number"]
    assert unchanged(world, number, choose, world, number, **{**BANK, "agree": False}) == "ANSWERS_INVALID"
    for wrong in ({"account": ""}, {"account": "1234"}, {"payee": " "}, {"account": "6222-0202-0011"}, {"bank": ""}):
        assert unchanged(world, number, choose, world, number, **{**BANK, **wrong}) == "ROUTE_INCOMPLETE"
    accepted(world, number)
    assert unchanged(world, number, choose, world, number, **BANK) == "MOVE_NOT_NOW"
    assert not WantedRoute.objects.exists() and not OtherRoute.objects.exists()


def test_a_gift_cards_money_goes_nowhere_else_and_of_two_tenders_only_the_other_one_does(world: World, fake: Fake) -> None:
    only = world.later(days=1).apply(world.order(payments=[{"tender": "gift_card", "amount": 19900, "reference": "p"}]))["number"]
    assert unchanged(world, only, choose, world, only, **BANK) == "ROUTE_NOT_POSSIBLE"
    paid = [{"tender": "card", "amount": 10000, "reference": "p1"}, {"tender": "gift_card", "amount": 9900, "reference": "p2"}]
    number = world.apply(world.order(payments=paid))["number"]
    choose(world, number, **BANK)
    accepted(world, number)
    world.pay(number)
    states = sorted(RefundPart.objects.values_list("tender", "amount_minor", "state"))
    assert states == [("bank", 10000, "refused"), ("gift_card", 9900, "settled")]
    assert (world.case(number)["status"], Refund.objects.get().state) == ("refund_stuck", "partly_settled")
    world.move(number, "settle_offline", actor=world.staff("finance"), proof="回单 7")
    assert (world.case(number)["status"], set(trial_balance().values())) == ("refunded", {0})


def reviewed(world: World, **order: Any) -> str:
    """A large return whose refund waits for its second person."""
    number = world.later(days=1).apply(world.order(**order))["number"]
    if world.case(number)["status"] == "submitted":
        world.move(number, "approve", actor=world.staff("reviewer"))
    accepted(world, number)
    assert world.case(number)["status"] == "refund_review"
    return str(number)


def test_while_it_waits_for_a_second_person_it_can_still_be_sent_elsewhere(world: World, fake: Fake) -> None:
    number = reviewed(world, **DEAR)
    seen = Case.objects.get(number=number).version
    choose(world, number, **BANK)
    told = Case.objects.get(number=number).preview["agreed"]
    assert [(each["tender"], each["amount"]["amount"]) for each in told["tenders"]] == [("bank", 800000)]
    second = world.staff("finance", "user:second")
    assert unchanged(world, number, world.move, number, "approve_refund", actor=second, version=seen) == "OVERTAKEN"
    world.move(number, "approve_refund", actor=second)
    world.pay(number)
    assert (world.case(number)["status"], fake.movements()) == ("refund_stuck", [])
    assert (OtherRoute.objects.get().account, WantedRoute.objects.get().account) == (PLAIN, "")
    world.move(number, "settle_offline", actor=second, proof="回单 11")
    if world.case(number)["status"] == "refund_stuck":
        world.move(number, "settle_offline", actor=world.staff("finance"), proof="回单 11")
    allowance = TenderAllowance.objects.get()
    assert (world.case(number)["status"], tenders()) == ("refunded", {"tender:offline:bank": 800000})
    assert (allowance.reserved_minor, allowance.settled_minor, set(trial_balance().values())) == (0, 800000, {0})


@pytest.mark.parametrize("service", ["refund_only", "cancel"])
def test_what_needs_no_goods_back_waits_for_a_second_person_with_the_same_choice(
    world: World, shop: Shop, fake: Fake, service: str
) -> None:
    if service == "cancel":
        number = world.apply(world.order(**{**UNSENT, **DEAR}), service="cancel", reason="changed_mind")["number"]
        shop_answers(world, number)
    else:
        number = world.later(days=1).apply(world.order(**DEAR), service="refund_only", reason="quality", description="到货即坏")["number"]
        if world.case(number)["status"] == "evidence_asked":
            world.move(number, "send_evidence", actor=world.buyer(), description="见视频")
        world.move(number, "approve", actor=world.staff("reviewer"), fault="seller")
    assert world.case(number)["status"] == "refund_review"
    before = Case.objects.get(number=number).preview["agreed"]["total"]
    choose(world, number, **BALANCE)
    told = Case.objects.get(number=number).preview["agreed"]
    assert ([each["tender"] for each in told["tenders"]], told["total"]) == (["balance"], before)
    world.move(number, "approve_refund", actor=world.staff("finance"))
    world.pay(number)
    assert (world.case(number)["status"], tenders()) == ("refunded", {"tender:fake:balance": 800000})
    assert (OtherRoute.objects.get().kind, set(trial_balance().values())) == ("balance", {0})


def test_the_last_word_before_the_second_person_counts_and_no_earlier_account_stays(world: World, fake: Fake) -> None:
    number = reviewed(world, **DEAR)
    for wish in (BANK, BALANCE, {"route": "original", "agree": True}, BANK, {"route": "original", "agree": True}):
        choose(world, number, **wish)
        open_parts = RefundPart.objects.exclude(state="cancelled").values_list("amount_minor", flat=True)
        assert (list(open_parts), TenderAllowance.objects.get().reserved_minor) == ([800000], 800000)
    kept = [*OtherRoute.objects.values_list("account", flat=True), *WantedRoute.objects.values_list("account", flat=True)]
    assert len(kept) == 8 and not any(kept)
    world.move(number, "approve_refund", actor=world.staff("finance"))
    world.pay(number)
    assert (world.case(number)["status"], tenders()) == ("refunded", {"tender:fake:card": 800000})
    assert (len(fake.movements()), set(trial_balance().values())) == (1, {0})


def test_what_a_second_person_sends_back_may_be_sent_elsewhere_the_next_time(world: World, fake: Fake) -> None:
    number = reviewed(world, **DEAR)
    choose(world, number, **BANK)
    world.move(number, "refuse_refund", actor=world.staff("finance"), refusal="amount", remark="再核")
    assert (TenderAllowance.objects.get().reserved_minor, set(RefundPart.objects.values_list("state", flat=True))) == (0, {"cancelled"})
    choose(world, number, **BALANCE)
    world.move(number, "accept", actor=world.staff("supervisor"))
    world.move(number, "approve_refund", actor=world.staff("finance"))
    refund = Refund.objects.exclude(state="cancelled").get()
    work(refund, now=world.now)
    assert (tenders(), OtherRoute.objects.get(refund=refund).kind) == ({"tender:fake:balance": 800000}, "balance")


@pytest.mark.parametrize("channel", [{}, THIRD])
def test_an_order_stopped_before_it_left_goes_to_the_account_too(world: World, shop: Shop, fake: Fake, channel: dict[str, Any]) -> None:
    number = world.apply(world.order(**UNSENT, **channel), service="cancel", reason="changed_mind")["number"]
    choose(world, number, **BANK)
    shop_answers(world, number)
    world.pay(number)
    assert (world.case(number)["status"], fake.movements()) == ("refund_stuck", [])
    world.move(number, "settle_offline", actor=world.staff("finance"), proof="回单 8")
    assert (world.case(number)["status"], tenders()) == ("refunded", {"tender:offline:bank": 19900})


def test_a_refund_only_goes_to_the_account_too(world: World, fake: Fake) -> None:
    number = world.later(days=1).apply(world.order(), service="refund_only", reason="quality", description="到货即坏")["number"]
    choose(world, number, **BANK)
    if world.case(number)["status"] == "evidence_asked":
        world.move(number, "send_evidence", actor=world.buyer(), description="见视频")
    world.move(number, "approve", actor=world.staff("reviewer"), fault="seller")
    world.pay(number)
    assert (world.case(number)["status"], fake.movements(), OtherRoute.objects.get().kind) == ("refund_stuck", [], "bank")


def test_who_is_refunded_first_has_the_wish_kept_and_paid(world: World, fake: Fake) -> None:
    plus: dict[str, Any] = {"buyer": {"id": "u1", "name": "林一", "phone": "13800000001", "tier": "plus"}}
    number = world.later(days=1).apply(world.order(**plus))["number"]
    choose(world, number, **BALANCE)
    world.move(number, "collected", actor=world.staff("carrier"))
    world.pay(number)
    kept = OtherRoute.objects.get()
    assert (tenders(), kept.kind, kept.by) == ({"tender:fake:balance": 19900}, "balance", world.buyer().who)
    assert unchanged(world, number, choose, world, number, **BANK) == "MOVE_NOT_NOW"


@pytest.mark.parametrize("end", ["cancelled", "paid"])
def test_an_erased_person_leaves_no_account_behind(world: World, fake: Fake, end: str) -> None:
    number = world.later(days=1).apply(world.order())["number"]
    choose(world, number, **BANK)
    if end == "cancelled":
        world.move(number, "cancel", actor=world.buyer())
        assert WantedRoute.objects.get().account == "", "nothing will be paid there any more"
    else:
        accepted(world, number)
        world.pay(number)
        world.move(number, "settle_offline", actor=world.staff("finance"), proof="回单 9")
        world.later(days=60).ring()
    world.now += timedelta(days=1)
    erase_buyer("u1", actor=SYSTEM, now=world.now)
    left = [*WantedRoute.objects.values_list("payee", "bank", "account", "consent", "call_note"),
            *OtherRoute.objects.values_list("payee", "bank", "account", "consent", "call_note")]  # fmt: skip
    assert left and {value for row in left for value in row} <= {"", "–"}

