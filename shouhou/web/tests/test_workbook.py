"""The workbook written row by row says cell for cell what the library would write, and stays one that every program opens."""

import io
import itertools
import tracemalloc
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import pytest
import xlsxwriter
from django.utils import timezone

from shouhou.web.shared import workbook as module
from shouhou.web.shared.columns import Cell, Column
from shouhou.web.shared.export import exported
from shouhou.web.shared.workbook import FORMATS, workbook

NAMES = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
COLUMNS = [Column("文字 <&>", width=30), Column("Number", "number"), Column("Money", "money"), Column("Instant", "instant", 20)]
NOON = datetime(2026, 3, 10, 4, 0, 7, tzinfo=UTC)
ODD = [
    "=1+1", "a & b <c> \"d\" 'e'", " blank before and behind ", "two\nlines", "\r", "\x01\x1f", "_x0041_", "_x004", "电热水壶 🫖", "-",
    "tab\there",
    "=HYPERLINK(\"https://evil.example\")", "https://example.org/", "000123", "x" * 40_000,
]  # fmt: skip
TOLD: list[Sequence[Cell]] = [
    [text, place, Decimal(place) / 100, NOON + timedelta(days=place, seconds=place)] for place, text in enumerate(ODD)
]  # fmt: skip
ROWS: list[Sequence[Cell]] = [
    *TOLD, ["", None, None, None], [None, 0, Decimal("-0.01"), None], ["short"], ["", -7, Decimal("1234567.89"), NOON],
]  # fmt: skip


def by_hand(rows: Sequence[Sequence[Cell]]) -> bytes:
    """The same list as the library writes it by itself."""
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept, {"strings_to_formulas": False, "strings_to_urls": False, "constant_memory": True}) as book:
        sheet = book.add_worksheet()
        formats = [book.add_format({"num_format": FORMATS[column.kind]}) for column in COLUMNS]
        sheet.write_row(0, 0, [column.label for column in COLUMNS])
        for line, row in enumerate(rows, 1):
            for place, cell in enumerate(row):
                if isinstance(cell, datetime):
                    sheet.write_datetime(line, place, timezone.localtime(cell).replace(tzinfo=None), formats[place])
                elif isinstance(cell, int | Decimal):
                    sheet.write_number(line, place, cell, formats[place])
                elif cell:
                    sheet.write_string(line, place, cell[: module.CELL_MAX], formats[place])
    return kept.getvalue()


def cells_of(content: bytes) -> dict[str, tuple[str, Any]]:
    """Every cell by its name: its kind, and its text or number."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        assert file.testzip() is None
        sheet = ElementTree.fromstring(file.read("xl/worksheets/sheet1.xml"))
    found: dict[str, tuple[str, Any]] = {}
    for cell in sheet.iter(f"{NAMES}c"):
        text, number = cell.find(f"{NAMES}is/{NAMES}t"), cell.find(f"{NAMES}v")
        if text is not None:
            found[cell.attrib["r"]] = ("text", text.text)
        elif number is not None:
            # A tenth of a second is closer than a spreadsheet shows.
            found[cell.attrib["r"]] = ("number", pytest.approx(float(number.text or ""), abs=1e-6))
    return found


def test_every_cell_is_as_the_library_writes_it() -> None:
    with workbook(COLUMNS, ROWS) as file:
        ours = cells_of(file.read())
    assert ours == cells_of(by_hand(ROWS))
    assert len(ours) > 4 * len(ODD)


def test_every_cell_has_its_columns_format_and_the_frame_reaches_to_the_last_row() -> None:
    with workbook(COLUMNS, ROWS) as file, zipfile.ZipFile(file) as parts:
        whole = {name: ElementTree.fromstring(parts.read(name)) for name in parts.namelist()}
    sheet, last = whole["xl/worksheets/sheet1.xml"], len(ROWS) + 1
    kinds = {
        each.attrib["numFmtId"]: each.attrib["formatCode"] for each in whole["xl/styles.xml"].iter(f"{NAMES}numFmt")
    } | {"49": "@", "1": "0", "4": "#,##0.00"}  # fmt: skip
    looks = [each.attrib["numFmtId"] for each in whole["xl/styles.xml"].find(f"{NAMES}cellXfs") or ()]
    for cell in itertools.islice(sheet.iter(f"{NAMES}c"), len(COLUMNS), None):
        assert kinds[looks[int(cell.attrib["s"])]] == FORMATS[COLUMNS["ABCD".index(cell.attrib["r"][0])].kind]
    assert [row.attrib["r"] for row in sheet.iter(f"{NAMES}row")] == [str(n + 1) for n in range(last)]
    assert [each.attrib["ref"] for each in sheet.iter(f"{NAMES}autoFilter")] == [f"A1:D{last}"]
    assert [each.text for each in whole["xl/workbook.xml"].iter(f"{NAMES}definedName")] == [f"Sheet1!$A$1:$D${last}"]


def test_a_list_without_rows_is_a_heading() -> None:
    with workbook(COLUMNS, []) as file:
        content = file.read()
    assert [text for _kind, text in cells_of(content).values()] == [column.label for column in COLUMNS]
    assert b"A1:D1" in zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_twenty_times_the_rows_take_no_more_memory(form: str) -> None:
    def rows(count: int) -> Iterator[Sequence[Cell]]:
        return (["售后单" * 30, n, Decimal(n), NOON] for n in range(count))

    def peak(count: int) -> int:
        tracemalloc.start()
        try:
            for _block in exported("x", form, columns=COLUMNS, rows=rows(count)):
                pass
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10)  # what is loaded once
    few, many = peak(1000), peak(20_000)
    assert many < 1.5 * few + 200_000
