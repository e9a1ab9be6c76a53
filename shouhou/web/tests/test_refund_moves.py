"""The money side of the staff's console: sent back, contradicted, taken away as a file; forms sent twice; who may not."""

import io
import zipfile
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from shouhou.cases.actions import say
from shouhou.cases.models import Case
from shouhou.merchants.models import Merchant, ReturnAddress
from shouhou.payments.actions.sending import begin
from shouhou.payments.models import Refund, RefundPart
from shouhou.payments.tests.conftest import Fake
from shouhou.plumbing.actor import Actor
from shouhou.web.models import SavedView
from shouhou.web.shared.once import new_key
from shouhou.web.tests.conftest import SHOP
from tests.world import DEAR, World

Staff = Callable[..., Client]


def in_review(world: World) -> str:
    number = world.received(order=DEAR)
    world.move(number, "accept", actor=world.staff("inspector", "user:900001"))
    return number


def test_the_second_person_sends_a_refund_back_from_the_list_and_the_consumer_reads_a_calm_sentence(
    world: World, staff: Staff, buyer: Callable[..., Client]
) -> None:
    number = in_review(world)
    client, address = staff("finance"), reverse("web:staff_move", args=[number, "refuse_refund"])
    assert address in client.get(reverse("web:approvals")).content.decode()
    form = {"version": str(world.case(number)["version"]), "refusal": "amount", "remark": "运费算了两次"}
    assert "验收升级处理" in client.post(address, {**form, "act": "preview"}).content.decode()
    assert world.case(number)["status"] == "refund_review"
    for _ in range(2):  # a double click
        answer = client.post(address, {**form, "act": "confirm"})
        assert (answer.status_code, answer["Location"]) == (302, reverse("web:staff_case", args=[number]))
    assert world.case(number)["status"] == "inspection_escalated"
    assert [refund.state for refund in Refund.objects.all()] == ["cancelled"]
    html = buyer("u1").get(reverse("web:case", args=[number])).content.decode()
    assert "由平台主管再核对一次" in html and "已取消" not in html and "运费算了两次" not in html and "金额有误" not in html


def test_finance_finds_a_contradicted_refund_and_settles_it_from_the_list(world: World, staff: Staff, fake: Fake) -> None:
    number = world.received()
    world.move(number, "accept", actor=world.staff("inspector"))
    part = RefundPart.objects.get()
    fake.server.book.record({
        "key": str(part.idempotency_key), "amount": 18000, "currency": "CNY", "status": "settled", "reference": "FR-1",
        "for": "", "at": 0.0,
    })  # fmt: skip
    begin(part.pk, now=world.now)
    world.pay(number)
    client, address = staff("finance"), reverse("web:staff_move", args=[number, "settle_contradicted"])
    html = client.get(reverse("web:stuck_refunds")).content.decode()
    assert address in html and "180.00 ≠ 199.00 CNY" in html and "retry_refund" not in html
    form = {"version": str(world.case(number)["version"]), "paid": "180.00", "proof": "对账单 3", "act": "confirm"}
    assert "请先线下补足" in client.post(address, {**form, "act": "preview"}).content.decode()
    assert world.case(number)["status"] == "refund_stuck"
    assert client.post(address, {**form, "rest_proof": "回单 9"}).status_code == 302
    assert world.case(number)["status"] == "refunded"
    assert number not in client.get(reverse("web:stuck_refunds")).content.decode()


def test_whoever_has_finance_comes_to_refunds_there_and_nobody_has_two_entries_for_them(world: World, staff: Staff) -> None:
    world.order()
    stuck, checks, finance = (f'<a href="{reverse(f"web:{name}")}"' for name in ("stuck_refunds", "approvals", "finance"))
    for role, entries in (("finance", 0), ("supervisor", 0), ("auditor", 0), ("agent", 1), ("reviewer", 1)):
        html = menu(staff(role), "queue")
        assert (html.count(checks), html.count(finance), html.count(stuck)) == (entries, 1 - entries, 0), role
    for name in ("approvals", "stuck_refunds"):
        assert f'{finance} aria-current="page">' in menu(staff("finance"), name)
    assert f'{checks} aria-current="page">' in menu(staff("agent"), "stuck_refunds")


def menu(client: Client, name: str) -> str:
    """The main menu on the page of this name."""
    html = client.get(reverse(f"web:{name}")).content.decode()
    return html[html.index('<nav class="places"') : html.index("</nav>", html.index('<nav class="places"'))]


@pytest.mark.parametrize("name", ["approvals_export", "stuck_export"])
def test_the_lists_of_refunds_are_taken_away_in_the_own_scope_only(world: World, staff: Staff, fake: Fake, name: str) -> None:
    if name == "approvals_export":
        number = in_review(world)
    else:
        number = world.received()
        world.move(number, "accept", actor=world.staff("inspector"))
        fake.behave("refuse")
        world.pay(number)
    world.order(merchant=SHOP)
    plain = b"".join(staff("finance").get(reverse(f"web:{name}", args=["csv"])).streaming_content).decode()  # type: ignore[attr-defined]
    assert number in plain and len(plain.splitlines()) == 2
    whole = b"".join(staff("finance").get(reverse(f"web:{name}", args=["xlsx"])).streaming_content)  # type: ignore[attr-defined]
    with zipfile.ZipFile(io.BytesIO(whole)) as book:
        assert any(number in book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
    foreign = staff("merchant_manager", SHOP["code"]).get(reverse(f"web:{name}", args=["csv"]))
    assert number not in b"".join(foreign.streaming_content).decode()  # type: ignore[attr-defined]
    assert staff("finance").get(reverse(f"web:{name}", args=["pdf"])).status_code == 404


def test_a_colleague_without_the_right_is_told_who_has_it_and_a_stranger_nothing(world: World, staff: Staff) -> None:
    number = in_review(world)
    address = reverse("web:staff_move", args=[number, "refuse_refund"])
    answer = staff("reviewer").get(address)
    html = answer.content.decode()
    assert answer.status_code == 403 and "需要的岗位" in html and "财务" in html and "主管" in html
    world.order(merchant=SHOP)
    assert staff("merchant_manager", SHOP["code"]).get(address).status_code == 404
    refused = staff("merchant_operator", SHOP["code"]).get(reverse("web:merchant_address_new"))
    assert refused.status_code == 403 and "商家主管" in refused.content.decode()


def test_a_shop_does_not_see_nor_make_a_move_that_the_platform_has_taken_over(world: World, staff: Staff) -> None:
    order = world.order(merchant=SHOP)
    Merchant.objects.update(auto_review=False)
    number = world.apply(order)["number"]
    world.move(number, "escalate", actor=world.staff("supervisor"))
    client, address = staff("merchant_manager", SHOP["code"]), reverse("web:staff_move", args=[number, "reject"])
    html = client.get(reverse("web:staff_case", args=[number])).content.decode()
    assert reverse("web:staff_move", args=[number, "approve"]) in html and address not in html
    form = {"version": "2", "reason_code": "NO_USED_BEYOND_INSPECTION", "clause": "x", "note": "x", "act": "confirm"}
    assert client.post(address, form).status_code == 403
    assert world.case(number)["status"] == "escalated"


def test_forms_of_the_desk_and_the_shop_do_their_work_once(world: World, staff: Staff) -> None:
    world.order(merchant=SHOP)
    agent = staff("agent")
    agent.post(reverse("web:staff_views_save"), {"name": "我的", "query": "mine=1", "once": new_key()})
    view = SavedView.objects.get()
    form = {"act": "delete", "once": new_key()}
    for _ in range(2):
        assert agent.post(reverse("web:staff_views_change", args=[view.pk]), form).status_code == 302
    assert not SavedView.objects.exists()
    merchant = Merchant.objects.get(code=SHOP["code"])
    other = ReturnAddress.objects.create(
        merchant=merchant, label="二仓", contact="仓", phone="13900000001", region="广东省", address="2 号", is_default=False
    )
    manager, key = staff("merchant_manager", SHOP["code"]), new_key()
    address = reverse("web:merchant_address_default", args=[other.pk])
    for _ in range(2):
        assert manager.post(address, {"once": key})["Location"] == reverse("web:merchant_addresses")
    assert list(ReturnAddress.objects.filter(is_default=True)) == [other]
    for _ in range(2):
        assert manager.post(reverse("web:merchant_settings"), {"once": "k1"}).status_code == 302
    assert not Merchant.objects.get(pk=merchant.pk).auto_review


def test_an_old_click_does_not_take_a_case_back_from_who_has_it_now(world: World, staff: Staff) -> None:
    number = world.apply(world.order())["number"]
    agent, supervisor, key = staff("agent"), staff("supervisor"), new_key()
    address = reverse("web:staff_claim", args=[number])
    agent.post(address, {"once": key})
    supervisor.post(address, {"once": new_key()})
    assert agent.post(address, {"once": key})["Location"] == reverse("web:staff_case", args=[number])
    holder = Case.objects.select_related("assigned_to").get().assigned_to
    assert holder is not None and holder.role == "supervisor"


def test_an_open_page_is_told_of_a_change_once_and_of_the_next_one_again(world: World, staff: Staff) -> None:
    number = world.apply(world.order())["number"]
    version, client = world.case(number)["version"], staff("agent")
    ask = f"{reverse('web:staff_changed', args=[number])}?version={version}&message=0&held="
    assert client.get(ask).status_code == 204
    world.move(number, "cancel", actor=world.buyer())
    first = client.get(ask)
    assert first.status_code == 200
    again = first.context["again"]
    assert again in first.content.decode().replace("&amp;", "&") and client.get(again).status_code == 204
    world.move(number, "receive_late", actor=world.staff("inspector"), packing="ok", appearance="ok", accessories="ok")
    assert client.get(again).status_code == 200


def test_the_shop_ticks_tasks_of_the_day_for_a_bulk_move_and_takes_the_list_away(world: World, staff: Staff) -> None:
    order = world.order(merchant=SHOP)
    Merchant.objects.update(auto_review=False)
    number = world.apply(order)["number"]
    client = staff("merchant_operator", SHOP["code"])
    html = client.get(reverse("web:merchant")).content.decode()
    assert f'name="number" value="{number}"' in html and reverse("web:queue_export", args=["xlsx"]) in html
    chosen = client.post(reverse("web:staff_bulk"), {"number": number, "back": "waits_on=merchant_operator"})
    assert chosen.status_code == 200 and number in chosen.content.decode() and "同意" in chosen.content.decode()


def test_only_what_others_have_just_said_is_read_out_to_the_buyer(world: World, staff: Staff, buyer: Callable[..., Client]) -> None:
    number = world.apply(world.order())["number"]
    page = buyer("u1").get(reverse("web:case", args=[number]))
    agent = Actor(role="agent", who="user:900002", name="小客")
    say(number, "第一句", internal=False, actor=agent, now=world.now)
    ask = reverse("web:case_news", args=[number])
    first = buyer("u1").get(ask, {"token": page.context["token"]})
    assert [entry["text"] for entry in first.context["told"]] == ["第一句"]
    say(number, "第二句", internal=False, actor=agent, now=world.now)
    second = buyer("u1").get(ask, {"token": first.context["token"]})
    assert [entry["text"] for entry in second.context["told"]] == ["第二句"]
    assert second.content.decode().count("第一句") == 1
