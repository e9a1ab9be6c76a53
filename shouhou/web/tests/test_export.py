"""The queue as a file: same rows, same scope, same masking; dates and numbers that a spreadsheet understands."""

import csv
import io
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.http import FileResponse, StreamingHttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from shouhou.cases.models import Case
from shouhou.web.shared import export
from shouhou.web.shared.export import Cell, Column, exported
from shouhou.web.tests.conftest import SHOP
from tests.world import World

ODD = {"code": "odd", "channel": "third", "name": "=HYPERLINK(1)"}


def body(answer: Any) -> bytes:
    return b"".join(answer)


def csv_of(client: Client, query: str = "") -> list[list[str]]:
    text = body(client.get(reverse("web:queue_export", args=["csv"]) + query)).decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:])))


def sheet_of(content: bytes) -> tuple[str, str]:
    """The sheet's XML and the workbook's formats."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return file.read("xl/worksheets/sheet1.xml").decode(), file.read("xl/styles.xml").decode()


def test_the_csv_masks_people_and_disarms_formulas(world: World, staff: Callable[..., Client]) -> None:
    world.apply(world.order(merchant=ODD))
    head, row = csv_of(staff("supervisor"))
    told = dict(zip(head, row, strict=True))
    assert told["电话"] == "138****0001"
    assert told["消费者"] == "林*"
    assert told["商家"] == "'=HYPERLINK(1)"
    assert told["退款金额"] == "199.00"
    assert told["提交"] == timezone.localtime(Case.objects.get().submitted_at).isoformat(sep=" ", timespec="seconds")


def test_the_file_holds_what_the_address_filters(world: World, staff: Callable[..., Client]) -> None:
    waiting = world.apply(world.order())["number"]
    asked = world.apply(world.order(), reason="quality", description="漏水")["number"]
    Case.objects.filter(number=asked).update(due_at=world.now - timedelta(hours=1))
    client = staff("supervisor")
    assert [row[0] for row in csv_of(client)[1:]] == [asked, waiting]
    assert [row[0] for row in csv_of(client, "?status=evidence_asked")[1:]] == [asked]
    assert [row[0] for row in csv_of(client, "?due=overdue")[1:]] == [asked]
    assert [row[0] for row in csv_of(client, f"?q={waiting}")[1:]] == [waiting]


def test_a_shop_exports_its_own_cases_only(world: World, staff: Callable[..., Client]) -> None:
    ours = world.apply(world.order())["number"]
    shop = world.apply(world.order(merchant=SHOP))["number"]
    found = [row[0] for row in csv_of(staff("merchant_manager", SHOP["code"]), "?shown=all")[1:]]
    assert (found, ours in found) == ([shop], False)


def test_a_stranger_gets_no_file(db: None) -> None:
    for form in ("csv", "xlsx"):
        assert Client().get(reverse("web:queue_export", args=[form])).status_code == 302


def test_another_form_is_not_there(world: World, staff: Callable[..., Client]) -> None:
    assert staff("supervisor").get("/staff/cases.pdf").status_code == 404


def test_the_workbook_has_real_dates_and_numbers_and_no_formula(world: World, staff: Callable[..., Client]) -> None:
    case = world.apply(world.order(merchant=ODD))["number"]
    answer = staff("supervisor").get(reverse("web:queue_export", args=["xlsx"]))
    assert answer["Content-Disposition"] == 'attachment; filename="cases.xlsx"'
    sheet, styles = sheet_of(body(answer))
    assert case in sheet
    assert "=HYPERLINK(1)" in sheet
    assert "<f>" not in sheet
    assert "13800000001" not in sheet
    assert re.search(r'<c r="Q2" s="\d+"><v>199(?:\.00)?</v></c>', sheet)
    # 2026 is day 46,000 of the spreadsheet's calendar.
    assert re.search(r'<c r="M2" s="\d+"><v>[45]\d{4}\.\d+</v></c>', sheet)
    assert 'formatCode="yyyy\\-mm\\-dd hh:mm:ss"' in styles or "yyyy-mm-dd hh:mm:ss" in styles
    assert 'state="frozen"' in sheet
    assert 'ySplit="1"' in sheet
    assert re.search(r'<col min="3" max="3" width="36', sheet)


@pytest.mark.parametrize("cell", ["=1+1", "+86 138", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "　=1", "\n=1"])
def test_every_beginning_of_a_formula_is_disarmed(cell: str) -> None:
    answer = exported("x", "csv", columns=[Column("A")], rows=[[cell]])
    assert isinstance(answer, StreamingHttpResponse)
    assert list(csv.reader(io.StringIO(body(answer).decode()), strict=True))[1] == [f"'{cell}"]


def test_numbers_and_instants_are_no_formula() -> None:
    answer = exported("x", "csv", columns=[Column("A", "number"), Column("B", "money")], rows=[[-5, Decimal("-1.50")]])
    assert body(answer).decode().splitlines()[1] == "-5,-1.50"


def test_a_file_that_is_cut_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "ROWS_MAX", 3)
    for count, lines in ((3, 4), (4, 5)):
        rows: list[list[Cell]] = [[str(n)] for n in range(count)]
        text = body(exported("x", "csv", columns=[Column("A")], rows=rows)).decode()
        assert len(text.splitlines()) == lines
        assert ("仅导出前 3 行" in text) is (count > 3)
        answer = exported("x", "xlsx", columns=[Column("A")], rows=rows)
        assert isinstance(answer, FileResponse)
        assert ("仅导出前 3 行" in sheet_of(body(answer))[0]) is (count > 3)
