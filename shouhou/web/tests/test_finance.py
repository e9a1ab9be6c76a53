"""Finance's pages: what waits, any list of refunds, one refund with all that can be done, invoices."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from shouhou.ledger.queries import trial_balance
from shouhou.orders.models import Order
from shouhou.payments.actions import instruct_payout
from shouhou.payments.models import InvoiceTask, OtherRoute, Refund, RefundAttempt, RefundPaper
from shouhou.payments.tests.conftest import Fake, work
from shouhou.payments.tests.test_refund import jobs
from shouhou.plumbing import clock
from tests.world import DEAR, World

Staff = Callable[..., Client]
INVOICED: dict[str, Any] = {"invoice": {"number": "INV-77", "amount": 19900}}


def settled(world: World, **changes: Any) -> Refund:
    """A return to its end, a day and a half ago: the refund the channel was asked for."""
    world.now = clock.now() - timedelta(days=4, hours=12)
    case = world.received(order=changes)
    world.move(case, "accept", actor=world.staff("inspector"))
    world.pay(case)
    return Refund.objects.get(subject=case)


def stuck(world: World, fake: Fake) -> Refund:
    """One that the channel has refused."""
    fake.behave("refuse")
    return settled(world)


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    html: str = answer.content.decode()
    return html


@pytest.mark.parametrize("role", ["agent", "reviewer", "inspector", "technician", "clerk", "operations", "arbitrator", "insurer"])
def test_finance_does_not_exist_for_other_staff(world: World, staff: Staff, role: str) -> None:
    for name in ("finance", "finance_refunds", "finance_batches", "finance_invoices"):
        assert staff(role).get(reverse(f"web:{name}")).status_code == 404


def test_a_shops_people_have_no_door_to_the_houses_finance(world: World, staff: Staff) -> None:
    world.order(merchant={"code": "yunshang", "channel": "third", "name": "云裳旗舰店"})
    for role in ("merchant_manager", "finance"):
        assert staff(role, "yunshang").get(reverse("web:finance")).status_code == 404


def test_an_auditor_sees_all_and_may_send_nothing(world: World, staff: Staff, fake: Fake) -> None:
    refund = stuck(world, fake)
    client = staff("auditor")
    for address in ("/finance/", "/finance/refunds/", f"/finance/refunds/{refund.number}/", "/finance/batches/", "/finance/invoices/"):
        html = text(client.get(address))
        assert 'method="post"' not in html.partition("<main")[2].partition("</main")[0], address
    attempts = RefundAttempt.objects.count()
    for address in (f"/finance/refunds/{refund.number}/retry/", f"/finance/refunds/{refund.number}/offline/", "/finance/refunds/chosen/"):
        assert client.post(address, {"proof": "x"}).status_code == 403
    assert (Refund.objects.get().state, RefundAttempt.objects.count()) == ("failed", attempts)


def test_today_counts_what_waits_with_its_amount_and_leads_to_the_list(world: World, staff: Staff, fake: Fake) -> None:
    refund = stuck(world, fake)
    html = text(staff("finance").get("/finance/"))
    assert 'class="bad"><a data-open href="/finance/refunds/?state=trouble"><span>异常退款</span><strong class="num">1</strong>' in html
    assert "¥199.00" in html
    assert refund.number in text(staff("finance").get("/finance/refunds/?state=trouble"))


@pytest.mark.parametrize(
    ("query", "shown"),
    [("", True), ("state=trouble", True), ("state=failed", True), ("state=settled", False), ("state=all", True), ("state=nonsense", True),
     ("channel=fake", True), ("channel=stripe", False), ("tender=card", True), ("tender=wallet", False), ("merchant=self", True),
     ("merchant=other", False), ("reason=return", True), ("reason=quality", False), ("age=1", True), ("age=3", False), ("second=no", True),
     ("second=yes", False), ("least=199", True), ("least=199.01", False), ("most=199", True), ("most=198.99", False), ("least=x", True),
     ("due=overdue", False), ("q={subject}", True), ("q={number}", True), ("q=t0001", True), ("q=T0002", False)],
)  # fmt: skip
def test_every_filter_of_the_list_stands_in_the_address(world: World, staff: Staff, fake: Fake, query: str, shown: bool) -> None:
    refund = stuck(world, fake)
    address = "/finance/refunds/?"
    html = text(staff("finance").get(address + query.format(subject=refund.subject, number=refund.number)))
    assert (f"/finance/refunds/{refund.number}/" in html) is shown


def test_the_list_goes_on_where_a_page_ended_and_the_file_has_the_same_rows(
    world: World, staff: Staff, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shouhou.web.finance.refunds.PAGE_SIZE", 1)
    first, second = stuck(world, fake), stuck(world, fake)
    client = staff("finance")
    html = text(client.get("/finance/refunds/?state=trouble"))
    assert first.number in html and second.number not in html
    after = html.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert second.number in text(client.get("/finance/refunds/" + after))
    rows = b"".join(client.get("/finance/refunds.csv?state=trouble").streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert len(rows) == 3 and "林一" not in rows[1] and "199.00" in rows[1]
    assert client.get("/finance/refunds/?after=nonsense").status_code == 422


def test_a_refunds_page_shows_parts_tries_postings_and_who_did_what(world: World, staff: Staff, fake: Fake) -> None:
    refund = settled(world)
    html = text(staff("finance").get(f"/finance/refunds/{refund.number}/"))
    for words in (refund.subject, "已到账", "合计（恒为零）", "¥0.00", "请求退款", "经 <span"):
        assert words.split(" <")[0] in html
    assert staff("finance").get("/finance/refunds/RF-0000-0000-0/").status_code == 404


def plan_payout(world: World) -> Refund:
    """A plan pays for a loss above one person's limit: no case stands still for it."""
    world.now = clock.now()
    order = Order.objects.get(number=world.order())
    return instruct_payout(
        subject="PLN-1", order_id=order.pk, tender="balance", amount_minor=600000, key="R-0000:plan", actor="user:0", now=world.now,
        second_person_above_minor=500000, expected_at=None, merchant_id=order.merchant_id, buyer_id=order.buyer_id, reason="plan_payout",
        bearer="insurer:picc",
    )  # fmt: skip


def test_what_no_case_stands_still_for_is_let_go_on_the_refunds_own_page(world: World, staff: Staff) -> None:
    refund = plan_payout(world)
    client, address = staff("finance"), f"/finance/refunds/{refund.number}/"
    html = text(client.get(reverse("web:approvals")))
    assert f'href="{address}#moves"' in html and "/cases/PLN-1" not in html
    assert "复核同意付款" in text(client.get(address)) and "复核同意付款" not in text(staff("auditor").get(address))
    assert client.post(f"{address}approve/", {"once": "a"}).status_code == 302
    refund.refresh_from_db()
    assert (refund.state, refund.approved_by != "user:0") == ("pending", True)
    assert "复核同意付款" not in text(client.get(address))


def test_it_is_sent_back_only_with_a_reason_and_then_nothing_is_paid(world: World, staff: Staff) -> None:
    refund = plan_payout(world)
    client, address = staff("finance"), f"/finance/refunds/{refund.number}/refuse/"
    assert client.post(address, {"once": "a"}).status_code == 422
    assert Refund.objects.get().state == "awaiting_second"
    assert client.post(address, {"once": "b", "why": "缺检测报告"}).status_code == 302
    assert (Refund.objects.get().state, set(trial_balance().values()) <= {0}) == ("cancelled", True)


def test_another_account_is_kept_only_with_the_buyers_consent_and_never_shown_whole(world: World, staff: Staff, fake: Fake) -> None:
    refund = stuck(world, fake)
    client, address = staff("finance"), f"/finance/refunds/{refund.number}/route/"
    assert client.post(address, {"payee": "林小一", "account": "6222020200112233", "once": "a"}).status_code == 422
    assert not OtherRoute.objects.exists()
    given = {"payee": "林小一", "account": "6222020200112233", "bank": "招商银行", "consent": "3 月 12 日电话同意", "once": "a"}
    for _ in range(2):
        assert client.post(address, given).status_code == 302
    assert OtherRoute.objects.count() == 1
    html = text(client.get(f"/finance/refunds/{refund.number}/"))
    assert "2233" in html and "6222020200112233" not in html and "林*一" in html and "3 月 12 日电话同意" in html


def test_asking_the_channel_again_is_written_down_and_pays_nothing_twice(world: World, staff: Staff, fake: Fake) -> None:
    fake.behave("silent")
    refund = settled(world)
    assert refund.state == "pending"
    client = staff("finance")
    before = len(jobs())
    for _ in range(2):
        client.post(f"/finance/refunds/{refund.number}/again/", {"once": "k"})
    assert len(jobs()) == before + 1
    assert RefundAttempt.objects.filter(kind="ask").count() == 1
    work(refund, now=clock.now() + timedelta(minutes=5))
    assert refund.state == "settled" and len(fake.movements()) == 1


def test_a_paper_of_a_refund_is_read_by_finance_and_by_nobody_else(
    world: World, staff: Staff, buyer: Callable[..., Client], fake: Fake
) -> None:
    refund = stuck(world, fake)
    picture = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(picture, "PNG")
    file = SimpleUploadedFile("slip.png", picture.getvalue())
    client = staff("finance")
    assert client.post(f"/finance/refunds/{refund.number}/paper/", {"file": file, "once": "p"}).status_code == 302
    token = RefundPaper.objects.get().upload.token
    assert client.get(f"/files/{token}/").status_code == 200 and staff("auditor").get(f"/files/{token}/").status_code == 200
    for stranger in (staff("agent"), buyer(), Client()):
        assert stranger.get(f"/files/{token}/").status_code == 404


def test_the_case_move_is_offered_where_the_case_has_one(world: World, staff: Staff, fake: Fake) -> None:
    refund = stuck(world, fake)
    html = text(staff("finance").get(f"/finance/refunds/{refund.number}/"))
    assert reverse("web:staff_move", args=[refund.subject, "retry_refund"]) in html
    assert f"/finance/refunds/{refund.number}/retry/" not in html


def test_what_was_ticked_goes_on_to_the_moves_of_its_cases(world: World, staff: Staff) -> None:
    refund = settled(world, **DEAR)
    assert refund.state == "awaiting_second"
    client = staff("finance")
    answer = client.post("/finance/refunds/chosen/", {"number": refund.number, "act": "moves", "once": "x"})
    assert answer["Location"] == f"/staff/bulk/?number={refund.subject}"
    assert "approve_refund" in text(client.get(answer["Location"]))
    assert client.post("/finance/refunds/chosen/", {"act": "moves", "once": "y"}).status_code == 422


def test_invoices_are_issued_one_by_one_or_several_at_once_each_for_itself(world: World, staff: Staff, fake: Fake) -> None:
    one, two = (settled(world, **INVOICED) for _ in range(2))
    tasks = {task.refund_id: task.number for task in InvoiceTask.objects.all()}
    client = staff("finance")
    assert tasks[one.pk] in text(client.get("/finance/invoices/"))
    form = {f"issue-{tasks[one.pk]}": "RED-1", f"issue-{tasks[two.pk]}": "RED-1", "once": "k"}
    html = text(client.post("/finance/invoices/issue/", form))
    assert "发票号码 RED-1 已用于另一张发票" in html
    assert sorted(InvoiceTask.objects.values_list("state", "issued_number")) == [("drafted", ""), ("issued", "RED-1")]
    left = InvoiceTask.objects.get(state="drafted")
    address = f"/finance/invoices/{left.number}/"
    client.post(address + "ask/", {"once": "1"})
    assert client.post(address + "issue/", {"number": "RED-2", "once": "2"}).status_code == 409
    client.post(address + "confirm/", {"number": "FORM-1", "once": "3"})
    assert client.post(address + "issue/", {"number": "RED-2", "once": "4"}).status_code == 302
    assert "FORM-1" in text(client.get(address)) and "RED-2" in text(client.get(address))
    assert client.post("/finance/invoices/issue/", {"once": "z"}).status_code == 422
    rows = b"".join(client.get("/finance/invoices.csv?state=all").streaming_content).decode()  # type: ignore[attr-defined]
    assert rows.count("INV-77") == 2 and "RED-2" in rows
