"""Any list as CSV or as a workbook: the rows stream through, dates and numbers stay what they are, formulas are disarmed."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, tzinfo
from itertools import chain, islice

from django.http import FileResponse, Http404, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from shouhou.web.shared.columns import Cell, Column, Kind
from shouhou.web.shared.workbook import workbook

__all__ = ["ROWS_MAX", "Cell", "Column", "Kind", "copied", "exported"]
ROWS_MAX = 50_000
# A sheet ends after 1,048,576 rows, its heading and the line that says so included.
SHEET_MAX = 1_048_574
# Each portion is handed from the working thread to the sending one: few large ones cost a busy machine less than many small.
PORTION = 1000
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
# What a formula, or the blank before one, can begin with.
SUSPECT = frozenset("=+-@\t\r\n \u3000")


def exported(
    name: str, form: str, *, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], most: int | None = None
) -> HttpResponseBase:  # fmt: skip
    """`name`.csv or `name`.xlsx with at most `most` rows, ROWS_MAX unless told (a workbook: what a sheet holds); a last line says so when
    there were more. Raises Http404."""
    if form not in TYPES:
        raise Http404("no such form")
    most = ROWS_MAX if most is None else most
    if form == "xlsx":
        book = workbook(columns, _limited(rows, min(most, SHEET_MAX)))
        return FileResponse(book, as_attachment=True, filename=f"{name}.xlsx", content_type=TYPES[form])
    answer = StreamingHttpResponse(_lines(columns, rows, most), content_type=TYPES[form])
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def copied(name: str, *, columns: Sequence[Column], blocks: Iterable[bytes]) -> HttpResponseBase:
    """`name`.csv of lines that the database has written itself: whole, however many they are."""
    heading = "\ufeff" + _written([[column.label for column in columns]])
    answer = StreamingHttpResponse(chain([heading.encode()], blocks), content_type=TYPES["csv"])
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def _limited(rows: Iterable[Sequence[Cell]], most: int) -> Iterator[Sequence[Cell]]:
    """The rows up to the limit, and one that says that there were more."""
    every = iter(rows)
    yield from islice(every, most)
    if next(every, None) is not None:
        yield (_("仅导出前 %(n)s 行，请缩小筛选范围后再导出其余部分。") % {"n": most},)


def _lines(columns: Sequence[Column], rows: Iterable[Sequence[Cell]], most: int) -> Iterator[str]:
    """UTF-8 with a byte order mark, so that a spreadsheet reads Chinese; portion by portion."""
    zone = timezone.get_current_timezone()
    yield "\ufeff" + _written([[column.label for column in columns]])
    every = _limited(rows, most)
    for first in every:
        yield _written([_plain(cell, zone) for cell in row] for row in chain([first], islice(every, PORTION - 1)))


def _written(rows: Iterable[Sequence[str]]) -> str:
    kept = io.StringIO(newline="")
    csv.writer(kept).writerows(rows)
    return kept.getvalue()


def _plain(cell: Cell, zone: tzinfo) -> str:
    """A spreadsheet must not take somebody's name for a formula; numbers and instants are never one."""
    if isinstance(cell, str):
        return f"'{cell}" if cell[:1] in SUSPECT and _formula(cell) else cell
    if cell is None:
        return ""
    return cell.astimezone(zone).isoformat(sep=" ", timespec="seconds") if isinstance(cell, datetime) else str(cell)


def _formula(cell: str) -> bool:
    return cell.lstrip(" \u3000").startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
