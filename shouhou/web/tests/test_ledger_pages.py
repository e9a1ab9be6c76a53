"""Reconciliation, ledger and daily proofs on the page: who sees them, where every figure leads, and each button once."""

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from shouhou.foundation.days import local_day
from shouhou.ledger import actions, recipes
from shouhou.ledger.models import Posting, Transfer
from shouhou.payments.channels.base import ChannelSilent
from shouhou.payments.models import BalanceProof, Difference, RefundPart, Statement, StatementLine
from shouhou.payments.reconciliation.tasks import fetch_statement
from shouhou.payments.tests.conftest import Fake, instruct, make_order, work
from shouhou.plumbing import clock
from shouhou.web.tests.test_languages import CJK, text_of
from tests.world import World

Staff = Callable[..., Client]
PAGES = [
    "/finance/reconciliation/", "/finance/statements/", "/finance/ledger/", "/finance/ledger/postings/", "/finance/balance/",
    "/finance/ledger/accounts/tender:fake:card/",
]  # fmt: skip
HEAD = "kind,reference,key,amount_minor,fee_minor,currency,at,text"


def settled(amount: int = 15000) -> RefundPart:
    refund = instruct(make_order(lines=((1, amount),), tenders=(("card", amount),), number=f"JD{uuid4().hex[:6]}"), {1: 1}, key=uuid4().hex)
    work(refund)
    return refund.parts.get()


def statement(*rows: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("bill.csv", "\r\n".join((HEAD, *rows, f"end,{len(rows)}", "")).encode())


def row(amount: int, key: object = "", fee: int = 0, reference: str = "R") -> str:
    return f"refund,{reference},{key},{amount},{fee},CNY,{(clock.now() - timedelta(days=1)).isoformat()},"


def send(client: Client, *rows: str, once: str = "k1") -> int:
    answer = client.post("/finance/statements/", {"channel": "fake", "file": statement(*rows), "once": once})
    assert answer.status_code == 302, text_of(answer.content.decode())
    return int(answer.headers["Location"].rstrip("/").rpartition("/")[2])


def seen(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return text_of(answer.content.decode())


@pytest.mark.parametrize("role", ["finance", "supervisor", "auditor"])
def test_finance_and_auditors_read_every_page_full_and_empty(world: World, staff: Staff, fake: Fake, role: str) -> None:
    client = staff(role)
    for path in PAGES:
        assert client.get(path).status_code == 200
    part = settled()
    send(staff("finance"), row(15000, part.idempotency_key, fee=9), row(77))
    pages = [*PAGES, f"/finance/reconciliation/{Difference.objects.get().pk}/", f"/finance/statements/{Statement.objects.get().pk}/"]
    pages += [f"/finance/ledger/transfers/{transfer.pk}/" for transfer in Transfer.objects.all()]
    pages += [f"/finance/balance/{local_day(clock.now()) - timedelta(days=1)}/"]
    for path in pages:
        assert client.get(path).status_code == 200
        english = client.get(path, headers={"Accept-Language": "en"})
        assert english.status_code == 200


@pytest.mark.parametrize("role", ["agent", "reviewer", "inspector", "operations", "insurer"])
def test_for_other_staff_there_is_no_such_page(world: World, staff: Staff, fake: Fake, role: str) -> None:
    part = settled()
    send(staff("finance"), row(15000, part.idempotency_key), row(77))
    number = Difference.objects.get().pk
    client = staff(role)
    paths = [
        *PAGES, f"/finance/reconciliation/{number}/", f"/finance/statements/{Statement.objects.get().pk}/", "/finance/reconciliation.csv",
        "/finance/ledger/postings.csv", "/finance/ledger/accounts.xlsx", "/finance/balance.csv", "/finance/ledger/transfers/1/",
    ]  # fmt: skip
    assert {client.get(path).status_code for path in paths} == {404}
    assert client.post(f"/finance/reconciliation/{number}/take/", {"once": "x"}).status_code == 404
    assert Difference.objects.get().assignee == ""


def test_an_auditor_changes_nothing(world: World, staff: Staff, fake: Fake) -> None:
    send(staff("finance"), row(77))
    number, client = Difference.objects.get().pk, staff("auditor")
    before = list(Difference.objects.values()), BalanceProof.objects.count(), Statement.objects.count()
    for deed in ("take", "release", "ask", "settle", "confirm", "decline"):
        assert client.post(f"/finance/reconciliation/{number}/{deed}/", {"once": "x"}).status_code == 403
    day = local_day(clock.now()) - timedelta(days=1)
    assert client.post(f"/finance/balance/{day}/prove/", {"once": "y"}).status_code == 403
    assert client.post("/finance/statements/", {"channel": "fake", "file": statement(row(78)), "once": "z"}).status_code == 403
    assert before == (list(Difference.objects.values()), BalanceProof.objects.count(), Statement.objects.count())
    assert "<form method=\"post\" action=\"/finance/reconciliation" not in client.get(f"/finance/reconciliation/{number}/").content.decode()


def test_a_statement_sent_twice_is_taken_once_and_leads_to_its_lines_and_differences(world: World, staff: Staff, fake: Fake) -> None:
    part, client = settled(), staff("finance")
    rows = (row(15000, part.idempotency_key, fee=90), row(300, reference="R-7"))
    number = send(client, *rows)
    assert send(client, *rows) == number and send(client, *rows, once="k2") == number
    assert Statement.objects.count() == 1 and StatementLine.objects.count() == 3
    page = client.get(f"/finance/statements/{number}/").content.decode()
    assert part.refund.number in page and f"/finance/reconciliation/{Difference.objects.get().pk}/" in page
    only = text_of(client.get(f"/finance/statements/{number}/?outcome=differing").content.decode())
    assert "R-7" in only and part.refund.number not in only
    lines = list(csv.DictReader(io.StringIO(b"".join(client.get(f"/finance/statements/{number}.csv")).decode("utf-8-sig"))))
    assert [line["结果"] for line in lines] == ["一致", "手续费", "我方没有"]


@pytest.mark.parametrize("data", [b"", b"nonsense", f"{HEAD}\nrefund".encode()])
def test_a_file_that_is_no_statement_is_refused_beside_its_field(world: World, staff: Staff, fake: Fake, data: bytes) -> None:
    answer = staff("finance").post(
        "/finance/statements/", {"channel": "fake", "file": SimpleUploadedFile("x.csv", data), "once": "k"}
    )
    assert answer.status_code == 422 and not Statement.objects.exists()
    assert 'aria-invalid="true"' in answer.content.decode()


def test_a_difference_is_taken_settled_and_booked_and_a_double_click_does_it_once(world: World, staff: Staff, fake: Fake) -> None:
    part, client = settled(), staff("finance")
    send(client, row(15100, part.idempotency_key))
    number = Difference.objects.get().pk
    assert "金额不同" in seen(client, "/finance/reconciliation/")
    address = f"/finance/reconciliation/{number}/"
    client.post(f"{address}take/", {"once": "a"})
    assert Difference.objects.get().state == "assigned" and "放回" in seen(client, address)
    assert "金额不同" in seen(client, "/finance/reconciliation/?view=mine")
    wish = {"once": "b", "way": "overpaid", "note": "多付一元", "proof": "bill 9"}
    assert [client.post(f"{address}settle/", wish).status_code for _ in range(2)] == [302, 302]
    assert Difference.objects.get().state == "settled"
    assert Posting.objects.filter(transfer__recipe="refund_overpaid").count() == 1
    page = client.get(address).content.decode()
    assert "bill 9" in page and "/finance/ledger/transfers/" in page and "/settle/" not in page
    assert "没有差异" in seen(client, "/finance/reconciliation/")


def test_above_the_limit_somebody_else_approves_and_the_first_may_not(world: World, staff: Staff, fake: Fake) -> None:
    first, second = staff("finance"), staff("supervisor")
    send(first, row(90_000))
    address = f"/finance/reconciliation/{Difference.objects.get().pk}/"
    first.post(f"{address}settle/", {"once": "a", "way": "written_off", "note": "查无", "proof": "T1"})
    assert Difference.objects.get().state == "proposed" and not Transfer.objects.filter(recipe="difference_written_off").exists()
    assert "须由另一人复核" in seen(first, address) and "同意并入账" not in seen(first, address)
    assert first.post(f"{address}confirm/", {"once": "b"}).status_code == 403
    assert Difference.objects.get().state == "proposed"
    second.post(f"{address}confirm/", {"once": "c"})
    assert Difference.objects.get().state == "settled" and Transfer.objects.filter(recipe="difference_written_off").count() == 1


@pytest.mark.parametrize("wish", [
    {"way": "offline", "note": "a", "proof": "b"}, {"way": "written_off", "note": "", "proof": "b"},
    {"way": "written_off", "note": "a", "proof": ""}, {"way": "nothing", "note": "a", "proof": "b"}, {},
])  # fmt: skip
def test_a_settlement_without_way_reason_or_proof_is_refused(world: World, staff: Staff, fake: Fake, wish: dict[str, str]) -> None:
    client = staff("finance")
    send(client, row(77))
    before, postings = list(Difference.objects.values()), Posting.objects.count()
    assert client.post(f"/finance/reconciliation/{Difference.objects.get().pk}/settle/", {"once": "a", **wish}).status_code == 422
    assert (list(Difference.objects.values()), Posting.objects.count()) == (before, postings)


def test_every_figure_of_the_chart_opens_its_postings_and_every_posting_its_case(world: World, staff: Staff, fake: Fake) -> None:
    number, client = world.apply(world.order())["number"], staff("finance")
    moves = recipes.freight_advanced(carrier="sf", amount_minor=1200)
    actions.post(moves, recipe="freight_advanced", subject=number, currency="CNY", key="k9", by="clock", now=clock.now())
    settled()
    kinds = client.get("/finance/ledger/").content.decode()
    assert "?family=freight&amp;currency=CNY" in kinds and "合计" in kinds
    chart = client.get("/finance/ledger/?all=1").content.decode()
    for path in ("tender:fake:card", "platform:advance", "platform:freight:sf"):
        assert f"/finance/ledger/accounts/{path}/?currency=CNY" in chart
    page = client.get("/finance/ledger/accounts/platform:freight:sf/?currency=CNY").content.decode()
    assert f"/staff/cases/{number}/" in page and "¥12.00" in page and "<polyline" in page
    transfer = client.get(f"/finance/ledger/transfers/{Transfer.objects.get(key='k9').pk}/").content.decode()
    assert f"/staff/cases/{number}/" in transfer and "平台垫付运费" in transfer
    only = seen(client, f"/finance/ledger/postings/?subject={number}")
    assert "平台垫付运费" in only and "tender:fake:card" not in only


def test_an_accounts_running_balance_is_right_on_every_page_and_under_every_filter(world: World, staff: Staff, fake: Fake) -> None:
    for place in range(120):
        moves = recipes.freight_advanced(carrier="sf", amount_minor=100 + place)
        actions.post(moves, recipe="freight_advanced", subject="SO-1", currency="CNY", key=f"f{place}", by="clock", now=clock.now())
        if place % 3 == 0:
            back = recipes.freight_recharged(merchant=7, amount_minor=50)
            actions.post(back, recipe="freight_recharged", subject="SO-1", currency="CNY", key=f"r{place}", by="clock", now=clock.now())
    client, address = staff("finance"), "/finance/ledger/accounts/platform:advance/?currency=CNY"
    whole: list[tuple[str, str]] = []
    while address:
        page = client.get(address).content.decode()
        table = page[page.index("led-path", page.index("分录，最新的在前")) :]
        whole += re.findall(r'data-label="变动".*?>(−?¥[\d.,]+)<.*?data-label="余额".*?>(−?¥[\d.,]+)<', page, re.S)
        following = re.search(r'rel="next" href="([^"]+)"', table)
        address = "/finance/ledger/accounts/platform:advance/" + following[1].replace("&amp;", "&") if following else ""

    def cents(text: str) -> int:
        return int(re.sub(r"[¥.,]", "", text).replace("−", "-"))
    assert len(whole) == 160
    balance = 0
    for change, held in reversed(whole):
        balance += cents(change)
        assert cents(held) == balance
    only = client.get("/finance/ledger/accounts/platform:advance/?currency=CNY&recipe=freight_recharged").content.decode()
    assert re.search(r'data-label="余额".*?>(−?¥[\d.,]+)<', only, re.S)[1] in {held for _, held in whole}  # type: ignore[index]


def test_files_have_every_row_of_the_page(world: World, staff: Staff, fake: Fake) -> None:
    settled(), settled(700)
    client = staff("finance")
    told = b"".join(client.get("/finance/ledger/postings.csv")).decode("utf-8-sig")
    assert len(list(csv.reader(io.StringIO(told)))) == 1 + Posting.objects.count()
    only = b"".join(client.get("/finance/ledger/postings.csv?account=tender:fake:card&phase=posted")).decode()
    assert only.count("tender:fake:card") == 2
    assert client.get("/finance/ledger/accounts.xlsx").status_code == 200 and client.get("/finance/ledger/accounts.pdf").status_code == 404


def test_a_day_is_proven_on_the_page_once_and_the_calendar_shows_it(world: World, staff: Staff, fake: Fake) -> None:
    client, day = staff("finance"), local_day(clock.now()) - timedelta(days=1)
    address = f"/finance/balance/{day}/"
    assert "这一天还没有证明" in seen(client, address)
    assert [client.post(f"{address}prove/", {"once": "a"}).status_code for _ in range(2)] == [302, 302]
    assert BalanceProof.objects.count() == 1 and BalanceProof.objects.get().state == "good"
    assert "相符" in seen(client, address) and "证明链完整" in seen(client, f"/finance/balance/?month={day:%Y-%m}")
    today = local_day(clock.now())
    assert client.post(f"/finance/balance/{today}/prove/", {"once": "b"}).status_code == 422
    assert client.get(f"/finance/balance/{today}/").status_code == 404 and BalanceProof.objects.count() == 1


@pytest.mark.parametrize("path", [
    "/finance/reconciliation/99999999/", "/finance/statements/0/", "/finance/ledger/transfers/0/", "/finance/ledger/accounts/nowhere/",
    "/finance/ledger/accounts/merchant:1/", "/finance/balance/yesterday/", "/finance/balance/9999-12-31/", "/finance/balance/0001-01-01/",
    "/finance/reconciliation.pdf", "/finance/balance.pdf", f"/finance/ledger/transfers/{10**30}/",
])  # fmt: skip
def test_what_is_not_there_is_not_there(world: World, staff: Staff, fake: Fake, path: str) -> None:
    assert staff("finance").get(path).status_code == 404


@pytest.mark.parametrize("query", [
    "after=%00&day=x&kind=y&view=z", "after=-1", "after=99999999999999999999", "month=0000-13", "month=9999-12", "family=nobody&recipe=no",
    "since=2026-02-30&until=9999-12-31", "merchant=nobody", "merchant=%25&currency=%27%3B", "account=%25", "after=a|b|c", "channel=%00",
])  # fmt: skip
def test_a_strange_address_shows_a_page_and_never_fails(world: World, staff: Staff, fake: Fake, query: str) -> None:
    settled()
    client = staff("finance")
    assert {client.get(f"{path}?{query}").status_code for path in PAGES} == {200}


def test_in_english_no_chinese_is_left_but_names(world: World, staff: Staff, fake: Fake) -> None:
    part, client = settled(), staff("finance")
    send(client, row(15100, part.idempotency_key, fee=9), row(77))
    day = local_day(clock.now()) - timedelta(days=1)
    client.post(f"/finance/balance/{day}/prove/", {"once": "a"})
    client.get("/finance/")
    client.cookies["django_language"] = "en"
    pages = [*PAGES, f"/finance/reconciliation/{Difference.objects.first().pk}/", f"/finance/statements/{Statement.objects.get().pk}/"]  # type: ignore[union-attr]
    for path in [*pages, f"/finance/balance/{day}/", f"/finance/ledger/transfers/{Transfer.objects.first().pk}/"]:  # type: ignore[union-attr]
        left = CJK.findall(re.sub("自营|中文|简体", "", seen(client, path)))
        assert not left, (path, left)


def test_a_statement_that_could_not_be_had_is_seen_today_and_asked_for_now_once(staff: Staff, fake: Fake) -> None:
    day = local_day(clock.now()) - timedelta(days=1)
    fake.behave("error")
    with pytest.raises(ChannelSilent):
        fetch_statement(channel="fake", day=day.isoformat())
    client, asked = staff("finance"), {"act": "fetch", "channel": "fake", "day": day.isoformat(), "once": "f1"}
    assert "未取到的对账单" in seen(client, "/finance/") and "没有答复" in seen(client, "/finance/statements/")
    assert "现在再取" in seen(client, "/finance/statements/") and "现在再取" not in seen(staff("auditor"), "/finance/statements/")
    assert staff("auditor").post("/finance/statements/", asked).status_code == 403 and waiting_fetches() == 0
    for _ in range(2):
        assert client.post("/finance/statements/", asked).status_code == 302
    assert waiting_fetches() == 1
    assert client.post("/finance/statements/", {**asked, "once": "f2", "day": "2001-01-01"}).status_code == 422
    assert client.post("/finance/statements/", {**asked, "once": "f3", "day": "x"}).status_code == 404
    assert waiting_fetches() == 1
    fetch_statement(channel="fake", day=day.isoformat())
    assert "现在再取" not in seen(client, "/finance/statements/")


def waiting_fetches() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'payments.fetch_statement' AND status = 'todo'")
        return int(cursor.fetchone()[0])


def test_the_file_of_postings_is_the_same_as_the_workbooks_rows_and_disarms_formulas(world: World, staff: Staff, fake: Fake) -> None:
    settled()
    moves = recipes.freight_advanced(carrier="sf", amount_minor=7)
    for key, currency in (("=cmd()", "CNY"), ("　-1", "JPY"), ("plain", "KWD")):
        actions.post(moves, recipe="freight_advanced", subject="@x", currency=currency, key=key, by="clock", now=clock.now())
    client = staff("finance")
    data = b"".join(client.get("/finance/ledger/postings.csv")).decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(data)))
    assert [int(line["分录"]) for line in lines] == list(Posting.objects.order_by("id").values_list("id", flat=True))
    assert [(line["金额"], line["币种"], line["幂等键"], line["单据"]) for line in lines[-3:]] == [
        ("0.07", "CNY", "'=cmd()", "'@x"), ("7", "JPY", "'　-1", "'@x"), ("0.007", "KWD", "plain", "'@x"),
    ]  # fmt: skip
    assert {line["状态"] for line in lines} == {"已入账", "已处理"} and lines[0]["记账规则"] == "退款：经支付渠道"
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+08:00", line["时间"]) for line in lines)
    only = b"".join(client.get("/finance/ledger/postings.csv?family=freight&currency=JPY")).decode("utf-8-sig")
    assert [line["幂等键"] for line in csv.DictReader(io.StringIO(only))] == ["'　-1"]
