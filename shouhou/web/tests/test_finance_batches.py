"""Batches on finance's pages: made of what was ticked, let go by another person, paid by the bank's file, each row once."""

from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from shouhou.accounts.models import User
from shouhou.payments.models import BatchRow, OtherRoute, Refund, RefundBatch
from shouhou.payments.tests.conftest import BO, Fake
from shouhou.plumbing import clock
from shouhou.web.tests.test_finance import stuck, text
from tests.world import World

Staff = Callable[..., Client]
ANSWER = "place,refund,amount,currency,result,reference,why\n1,{refund},199.00,CNY,{result},{reference},{why}\n"


def made(world: World, staff: Staff, fake: Fake) -> tuple[Refund, RefundBatch]:
    """A batch of one refused refund, made by finance."""
    refund = stuck(world, fake)
    OtherRoute.objects.create(
        refund=refund, payee="林小一", bank="招商银行", account="6222020200112233", consent="电话同意", by=BO.who, at=clock.now()
    )
    for _ in range(2):  # a double click
        answer = staff("finance").post("/finance/refunds/chosen/", {"number": refund.number, "act": "batch", "once": "k"})
    batch = RefundBatch.objects.get()
    assert answer["Location"] == f"/finance/batches/{batch.number}/"
    return refund, batch


def sent(client: Client, batch: RefundBatch, **line: str) -> Any:
    file = SimpleUploadedFile("bank.csv", ANSWER.format(**line).encode())
    return client.post(f"/finance/batches/{batch.number}/answer/", {"file": file})


def test_a_batch_is_let_go_by_another_person_and_the_banks_file_pays_each_row_once(world: World, staff: Staff, fake: Fake) -> None:
    refund, batch = made(world, staff, fake)
    finance, supervisor, address = staff("finance"), staff("supervisor"), f"/finance/batches/{batch.number}/"
    html = text(finance.get(address))
    assert "须由另一人放行" in html and "6222020200112233" not in html and "林*一" in html
    assert finance.post(address + "release/", {"once": "r"}).status_code == 403
    assert finance.get(address + "bank.csv").status_code == 409
    assert RefundBatch.objects.get().state == "drafted"
    for _ in range(2):
        assert supervisor.post(address + "release/", {"once": "r"}).status_code == 302
    file = b"".join(finance.get(address + "bank.csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert f"1,{refund.number},林小一,招商银行,6222020200112233,199.00,CNY" in file
    paid = {"refund": refund.number, "result": "paid", "reference": "BANK-1", "why": ""}
    assert "已记为付讫" in text(sent(finance, batch, **paid))
    assert "此前已处理" in text(sent(finance, batch, **paid))
    refund.refresh_from_db()
    assert (refund.state, RefundBatch.objects.get().state, BatchRow.objects.get().reference) == ("settled", "done", "BANK-1")
    assert world.case(refund.subject)["status"] == "refunded"


def test_a_row_that_the_bank_could_not_pay_says_why_and_is_free_again(world: World, staff: Staff, fake: Fake) -> None:
    refund, batch = made(world, staff, fake)
    address = f"/finance/refunds/{refund.number}/"
    assert "在付款批次中" in text(staff("finance").get(address))
    staff("supervisor").post(f"/finance/batches/{batch.number}/release/", {"once": "r"})
    html = text(sent(staff("finance"), batch, refund=refund.number, result="failed", reference="", why="账户已销户"))
    assert "账户已销户" in html
    html = text(staff("finance").get(address))
    assert "在付款批次中，等银行回单" not in html and f"/staff/cases/{refund.subject}/moves/retry_refund/" in html


def test_the_batches_are_exported_as_filtered(world: World, staff: Staff, fake: Fake) -> None:
    _refund, batch = made(world, staff, fake)
    finance = staff("finance")
    for query, lines in (("", 2), ("?state=drafted", 2), ("?state=done", 1), ("?state=nonsense", 2)):
        sheet = b"".join(finance.get(f"/finance/batches.csv{query}").streaming_content).decode()  # type: ignore[attr-defined]
        assert len(sheet.splitlines()) == lines, query
    assert "/finance/batches.csv?state=drafted" in text(finance.get("/finance/batches/?state=drafted"))
    row = b"".join(finance.get("/finance/batches.csv").streaming_content).decode().splitlines()[1]  # type: ignore[attr-defined]
    assert row.startswith(f"{batch.number},") and ",1,199.00,CNY," in row
    assert finance.get("/finance/batches.xlsx").status_code == 200
    assert staff("agent").get("/finance/batches.csv").status_code == 404


def test_a_file_that_is_none_and_a_batch_that_is_none_change_nothing(world: World, staff: Staff, fake: Fake) -> None:
    _refund, batch = made(world, staff, fake)
    finance = staff("finance")
    staff("supervisor").post(f"/finance/batches/{batch.number}/release/", {"once": "r"})
    for body in (b"", b"hello", b"\xff\xfe"):
        assert finance.post(f"/finance/batches/{batch.number}/answer/", {"file": SimpleUploadedFile("x.csv", body)}).status_code == 422
    assert finance.post(f"/finance/batches/{batch.number}/nothing/", {}).status_code == 404
    assert finance.post("/finance/batches/RB-0000-0000-0/release/", {}).status_code == 404
    assert finance.get("/finance/batches/?after=nonsense").status_code == 422
    assert (RefundBatch.objects.get().state, BatchRow.objects.get().state) == ("released", "waiting")


def test_what_cannot_be_batched_is_said_in_words_and_nothing_is_made(world: World, staff: Staff, fake: Fake) -> None:
    refund = stuck(world, fake)
    client = staff("finance")
    answer = client.post("/finance/refunds/chosen/", {"number": refund.number, "act": "batch", "once": "a"})
    assert answer.status_code == 409 and "还没有登记消费者同意的收款账户" in answer.content.decode()
    assert not RefundBatch.objects.exists()


def test_an_auditor_never_gets_whole_accounts(world: World, staff: Staff, fake: Fake) -> None:
    _refund, batch = made(world, staff, fake)
    staff("supervisor").post(f"/finance/batches/{batch.number}/release/", {"once": "r"})
    auditor = staff("auditor")
    assert auditor.get(f"/finance/batches/{batch.number}/bank.csv").status_code == 409
    assert "6222020200112233" not in text(auditor.get(f"/finance/batches/{batch.number}/"))
    assert User.objects.get(username="auditor-operator").role == "auditor"
