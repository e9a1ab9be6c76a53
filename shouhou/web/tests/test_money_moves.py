"""Where a case's money goes, on the pages: refunded first, freight paid back, another route; the account is never shown."""

from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse

from shouhou.payments.models import OtherRoute, Refund, WantedRoute
from shouhou.payments.tests.conftest import work
from shouhou.web.tests.pictures import png
from shouhou.web.tests.test_apply import filled_in
from tests.conftest import Fake
from tests.world import DEAR, QUALITY, World

PLUS: dict[str, Any] = {"buyer": {"id": "u1", "name": "林一", "phone": "13800000001", "tier": "plus"}}
ACCOUNT = "6222020200112233445"


def shown(client: Client, number: str) -> str:
    return client.get(reverse("web:case", args=[number])).content.decode()


def press(client: Client, number: str, move: str, **form: Any) -> Any:
    return client.post(reverse("web:move", args=[number, move]), form)


def test_a_member_reads_on_which_conditions_the_money_comes_first_and_others_read_nothing_of_it(
    world: World, buyer: Callable[..., Client]
) -> None:
    client, order, plain = buyer(), world.order(**PLUS), world.order()
    for number, said in ((order, True), (plain, False)):
        filled_in(client, number)
        html = client.get(reverse("web:apply_confirm", args=[number])).content.decode()
        assert ("可闪退" in html, "不会自动扣款" in html) == (said, said)


def test_the_case_tells_what_was_refunded_first_and_how_it_is_given_back(
    world: World, buyer: Callable[..., Client], fake: Fake
) -> None:
    number = world.later(days=1).apply(world.order(**PLUS))["number"]
    client = buyer()
    assert "快递揽收后即先行退款" in shown(client, number)
    world.move(number, "collected", actor=world.staff("carrier"))
    work(Refund.objects.get(), now=world.now)
    assert "已先行退款，商品请按期寄达" in shown(client, number)
    world.later(days=11).ring()
    html = shown(client, number)
    assert "待退还闪退款" in html and "199.00" in html and "/pay/CH-" in html


def test_freight_is_claimed_with_its_receipt_on_the_page(world: World, buyer: Callable[..., Client]) -> None:
    number = world.apply(world.order(), **QUALITY)["number"]
    world.move(number, "send_evidence", actor=world.buyer(), description="见视频")
    world.move(number, "approve", actor=world.staff("reviewer"), fault="seller")
    world.move(number, "ship", actor=world.buyer(), carrier="SF", tracking_number="SF0000000000001")
    client, version = buyer(), world.case(number)["version"]
    assert "申报垫付的寄回运费" in shown(client, number)
    answer = press(client, number, "claim_freight", version=version, amount="12.00")
    assert answer.status_code == 422 and "请至少上传一个文件" in answer.content.decode()
    answer = press(client, number, "claim_freight", version=version, amount="12.00", receipt=png())
    assert answer["Location"] == reverse("web:case", args=[number])
    assert "已申报，待处理" in shown(client, number)


def test_a_buyer_whose_card_takes_nothing_chooses_where_it_goes_and_sees_the_end_of_the_account_only(
    world: World, buyer: Callable[..., Client], fake: Fake, staff: Callable[..., Client]
) -> None:
    number = world.received()
    world.move(number, "accept", actor=world.staff("inspector"))
    fake.behave("refuse")
    world.pay(number)
    client, version = buyer(), world.case(number)["version"]
    html = shown(client, number)
    assert "改退其他去向" in html and "我同意将退款改退至所选去向" in html
    bank = {"version": version, "route": "bank", "payee": "林一", "bank": "工商银行", "account": ACCOUNT}
    assert press(client, number, "choose_route", **bank).status_code == 422 and not OtherRoute.objects.exists()
    assert press(client, number, "choose_route", **bank, agree="on")["Location"] == reverse("web:case", args=[number])
    pages = [shown(client, number), staff("finance").get(reverse("web:staff_case", args=[number])).content.decode()]
    assert all("•••• 3445" in page and ACCOUNT not in page for page in pages)
    assert OtherRoute.objects.get().account == ACCOUNT


def test_a_buyer_chooses_before_it_is_sent_and_finance_reads_where_to_transfer_it(
    world: World, buyer: Callable[..., Client], fake: Fake, staff: Callable[..., Client]
) -> None:
    number = world.apply(world.order())["number"]
    client, version = buyer(), world.case(number)["version"]
    assert "选择退款去向" in shown(client, number)
    bank = {"version": version, "route": "bank", "payee": "林一", "bank": "工商银行", "account": ACCOUNT}
    form = client.get(reverse("web:move", args=[number, "choose_refund_way"])).content.decode()
    assert "另一张银行卡" in form and "我同意退款按所选去向办理" in form
    assert press(client, number, "choose_refund_way", **bank).status_code == 422 and not WantedRoute.objects.exists()
    for _ in range(2):
        press(client, number, "choose_refund_way", **bank, agree="on", once="k")
    assert WantedRoute.objects.get().account == ACCOUNT
    pages = [shown(client, number), staff("finance").get(reverse("web:staff_case", args=[number])).content.decode()]
    assert all("•••• 3445" in page and "银行转账" in page and ACCOUNT not in page for page in pages)
    assert buyer("u2").post(reverse("web:move", args=[number, "choose_refund_way"]), bank).status_code == 404
    world.goods_back(number)
    world.move(number, "accept", actor=world.staff("inspector"))
    world.pay(number)
    pages = [shown(client, number), staff("finance").get(reverse("web:staff_case", args=[number])).content.decode()]
    assert all("•••• 3445" in page and "未成功" not in page and ACCOUNT not in page for page in pages)
    paid = Refund.objects.get().number
    refund = staff("finance").get(reverse("web:finance_refund", args=[paid])).content.decode()
    assert "****3445" in refund and ACCOUNT not in refund
    # No channel is asked for again what finance transfers itself; that it was paid is what can be written down.
    assert "retry_refund" not in refund and "重试退款" not in refund and "settle_offline" in refund


def test_while_a_second_person_looks_the_buyer_may_still_choose_and_the_old_page_of_that_person_does_not_let_it_go(
    world: World, buyer: Callable[..., Client], fake: Fake, staff: Callable[..., Client]
) -> None:
    number = world.apply(world.order(**DEAR))["number"]
    if world.case(number)["status"] == "submitted":
        world.move(number, "approve", actor=world.staff("reviewer"))
    world.goods_back(number)
    world.move(number, "accept", actor=world.staff("inspector"))
    finance, approve = staff("finance"), reverse("web:staff_move", args=[number, "approve_refund"])
    client, seen = buyer(), world.case(number)["version"]
    assert world.case(number)["status"] == "refund_review" and "选择退款去向" in shown(client, number)
    press(client, number, "choose_refund_way", version=seen, route="balance", agree="on")
    assert finance.post(approve, {"version": seen, "once": "a", "act": "confirm"}).status_code == 409
    assert Refund.objects.get().state == "awaiting_second"
    assert finance.post(approve, {"version": world.case(number)["version"], "once": "b", "act": "confirm"}).status_code == 302
    assert [part.tender for part in Refund.objects.get().parts.exclude(state="cancelled")] == ["balance"]
