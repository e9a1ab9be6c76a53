"""Service points from files, CSV with a header or one JSON object a line: what became of every row, and why not."""

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from shouhou.foundation.refusals import FieldError, Refused, refusal, refused
from shouhou.logistics.actions.points import POINT_INVALID, check_may_keep, put_point, switch_point
from shouhou.logistics.rules.points import FIELDS, NO, YES
from shouhou.plumbing.actor import SYSTEM, Actor
from shouhou.plumbing.rowfile import Account, Progress, Row, csv_rows, json_rows, take_rows

ROWS_MOST = 20_000
BYTES_MOST = 8 * 1024 * 1024
COLUMNS = (*FIELDS, "active")
POINTS_FILE = refusal(
    "POINTS_FILE", "invalid", zh="无法读取该文件：{reason}", en="The file cannot be read: {reason_en}"
)  # fmt: skip
POINT_TWICE = refusal(
    "POINT_TWICE", "conflict", zh="编码 {code} 在文件中出现了两次。", en="The code {code} is in the file twice."
)  # fmt: skip


def import_points(path: str | Path, *, now: datetime, actor: Actor = SYSTEM, progress: Progress | None = None) -> dict[str, Any]:
    """`shouhou import points FILE`: .csv, else NDJSON. Raises Refused POINTS_FILE for what concerns the whole file."""
    source = Path(path)
    if source.stat().st_size > BYTES_MOST:
        raise _unreadable(f"超过 {BYTES_MOST >> 20} MB", f"more than {BYTES_MOST >> 20} MB")
    return take_points(source.read_bytes(), name=source.name, actor=actor, now=now, progress=progress).as_json()


def take_points(content: bytes, *, name: str, actor: Actor, now: datetime, progress: Progress | None = None) -> Account:
    """Put every row by its code, in batches; a bad row hurts no other, and the same file again changes nothing.

    Raises Refused FORBIDDEN, POINTS_FILE.
    """
    check_may_keep(actor)
    if len(content) > BYTES_MOST:
        raise _unreadable(f"超过 {BYTES_MOST >> 20} MB", f"more than {BYTES_MOST >> 20} MB")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _unreadable("须为 UTF-8 编码", "it must be UTF-8") from None
    rows = [(number, _coded(given)) for number, given in (_csv_rows(text) if name.lower().endswith(".csv") else _json_rows(text))]
    seen = set[str]()

    def take(given: Mapping[str, object]) -> str:
        code = str(given["code"])
        if code and code in seen:
            raise refused(POINT_TWICE, code=code)
        outcome = _put(given, code, actor=actor, now=now)
        seen.add(code)
        return outcome

    return take_rows(rows, take, named="code", total=len(rows), progress=progress)


def _coded(given: Mapping[str, object] | None) -> Mapping[str, object] | None:
    return given and {**given, "code": str(given.get("code") or "").strip().upper()[:24]}


def _put(given: Mapping[str, object], code: str, *, actor: Actor, now: datetime) -> str:
    active = str(given.get("active", "") if given.get("active") is not None else "").strip().lower()
    if active not in YES | NO:
        raise refused(POINT_INVALID, FieldError("active", "须为 true 或 false", "true or false"))
    put = put_point(given, actor=actor, now=now)
    # An empty cell says nothing of it: the point stays as it is.
    switched = switch_point(code, active=active in YES, actor=actor, now=now) if active else None
    return "changed" if put.outcome == "unchanged" and switched and switched.outcome == "changed" else put.outcome


def _csv_rows(text: str) -> Iterator[Row]:
    try:
        for number, given in csv_rows(io.StringIO(text, newline=""), head=_known):
            if number > ROWS_MOST + 1:
                raise _too_many()
            yield number, {name: _undisarmed(str(cell)) for name, cell in (given or {}).items() if name != "?" or cell}
    except csv.Error as error:
        raise _unreadable("CSV 格式有误", f"not a CSV: {error}") from None


def _json_rows(text: str) -> Iterator[Row]:
    for number, given in json_rows(text.split("\n")):
        if number > ROWS_MOST:
            raise _too_many()
        yield number, given


def _known(head: list[str]) -> list[str]:
    if "code" not in head or {*head} - {*COLUMNS} or len({*head}) != len(head):
        columns = ", ".join(COLUMNS)
        raise _unreadable(f"第一行须为列名，可用：{columns}", f"the first row names the columns out of: {columns}")
    return head


def _undisarmed(cell: str) -> str:
    """Our own export puts ' before what a spreadsheet would take for a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in ("=", "+", "-", "@") else cell


def _too_many() -> Refused:
    return _unreadable(f"超过 {ROWS_MOST} 行", f"more than {ROWS_MOST} rows")


def _unreadable(zh: str, en: str) -> Refused:
    return refused(POINTS_FILE, reason=zh, reason_en=en)
