"""Any list as CSV or as a workbook: the rows stream through, dates and numbers stay what they are, formulas are disarmed."""

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import chain, islice
from typing import Literal

import xlsxwriter
from django.http import FileResponse, Http404, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

ROWS_MAX = 50_000
CELL_MAX = 32_000
Cell = str | int | Decimal | datetime | None
Kind = Literal["text", "number", "money", "instant"]
FORMATS = {"text": "@", "number": "0", "money": "#,##0.00", "instant": "yyyy-mm-dd hh:mm:ss"}
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading, what kind of cells it has, and how many characters wide it is."""

    label: str
    kind: Kind = "text"
    width: int = 16


def exported(name: str, form: str, *, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> HttpResponseBase:
    """`name`.csv or `name`.xlsx with at most 50,000 rows; a last line says so when there were more. Raises Http404."""
    if form not in TYPES:
        raise Http404("no such form")
    if form == "xlsx":
        return FileResponse(_workbook(columns, rows), as_attachment=True, filename=f"{name}.xlsx", content_type=TYPES[form])
    answer = StreamingHttpResponse(_lines(columns, rows), content_type=TYPES[form])
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def _limited(rows: Iterable[Sequence[Cell]]) -> Iterator[Sequence[Cell]]:
    """The rows up to the limit, and one that says that there were more."""
    every = iter(rows)
    yield from islice(every, ROWS_MAX)
    if next(every, None) is not None:
        yield (_("仅导出前 %(n)s 行，请缩小筛选范围后再导出其余部分。") % {"n": ROWS_MAX},)


class _Echo:
    def write(self, value: str) -> str:
        return value


def _lines(columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """UTF-8 with a byte order mark, so that a spreadsheet reads Chinese; a hundred rows at a time."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow([column.label for column in columns])
    every = (writer.writerow([_plain(cell) for cell in row]) for row in _limited(rows))
    for first in every:
        yield "".join(chain([first], islice(every, 99)))


def _plain(cell: Cell) -> str:
    """A spreadsheet must not take somebody's name for a formula; numbers and instants are never one."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return timezone.localtime(cell).isoformat(sep=" ", timespec="seconds")
    if not isinstance(cell, str):
        return str(cell)
    return f"'{cell}" if cell.lstrip(" \u3000").startswith(("=", "+", "-", "@", "\t", "\r", "\n")) or cell[:1] in [*"\t\r\n"] else cell


def _workbook(columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> "tempfile._TemporaryFileWrapper[bytes]":
    """Row by row to a file that vanishes when it is sent; nothing is kept in memory."""
    file = tempfile.NamedTemporaryFile(suffix=".xlsx")  # noqa: SIM115 (the answer closes it)
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file.name, options) as book:
        sheet = book.add_worksheet()
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        formats = [book.add_format({"num_format": FORMATS[column.kind]}) for column in columns]
        for place, column in enumerate(columns):
            sheet.set_column(place, place, column.width, formats[place])
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, [column.label for column in columns], head)
        last = 0
        for last, row in enumerate(_limited(rows), 1):
            for place, cell in enumerate(row):
                if isinstance(cell, datetime):
                    sheet.write_datetime(last, place, timezone.localtime(cell).replace(tzinfo=None), formats[place])
                elif isinstance(cell, int | Decimal):
                    sheet.write_number(last, place, cell, formats[place])
                elif cell:
                    # A text stays a text, whatever it begins with.
                    sheet.write_string(last, place, cell[:CELL_MAX], formats[place])
        sheet.autofilter(0, 0, last, len(columns) - 1)
    file.seek(0)
    return file
