"""Service points from files, CSV with a header or one JSON object a line: what became of every row, and why not."""

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import transaction

from shouhou.foundation.refusals import INVALID_INPUT, FieldError, Refused, refusal, refused
from shouhou.logistics.actions.points import POINT_INVALID, check_may_keep, put_point, switch_point
from shouhou.logistics.rules.points import FIELDS, NO, YES
from shouhou.plumbing.actor import SYSTEM, Actor

BATCH = 200
ROWS_MOST = 20_000
BYTES_MOST = 8 * 1024 * 1024
LINE_MOST = 20_000
WRONG_KEPT = 200
COLUMNS = (*FIELDS, "active")
Progress = Callable[[int, int | None], None]
POINTS_FILE = refusal(
    "POINTS_FILE", "invalid", zh="无法读取该文件：{reason}", en="The file cannot be read: {reason_en}"
)  # fmt: skip
POINT_TWICE = refusal(
    "POINT_TWICE", "conflict", zh="编码 {code} 在文件中出现了两次。", en="The code {code} is in the file twice."
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class WrongRow:
    """A row that was not taken: its number as an editor shows it, its code, the sentence and the fields in both languages."""

    row: int
    code: str
    refusal: str
    zh: str
    en: str


@dataclass(slots=True)
class Account:
    """What became of a file: rows by outcome, and the first 200 that were not taken."""

    rows: Counter[str] = field(default_factory=Counter)
    wrong: list[WrongRow] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {
            "rows": sum(self.rows.values()), **{name: self.rows[name] for name in ("created", "changed", "unchanged", "refused")},
            "wrong": [{"row": each.row, "code": each.code, "refusal": each.refusal, "zh": each.zh, "en": each.en} for each in self.wrong],
        }  # fmt: skip


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
    rows = list(_csv_rows(text) if name.lower().endswith(".csv") else _json_rows(text))
    account, seen = Account(), set[str]()
    every = iter(rows)
    done = 0
    while batch := list(islice(every, BATCH)):
        with transaction.atomic():
            for number, given in batch:
                _take(account, seen, number, given, actor=actor, now=now)
        done += len(batch)
        if progress:
            progress(done, len(rows))
    return account


def _take(account: Account, seen: set[str], number: int, given: Mapping[str, object] | None, *, actor: Actor, now: datetime) -> None:
    code = str((given or {}).get("code") or "").strip().upper()[:24]
    try:
        if given is None:
            raise refused(INVALID_INPUT, reason="JSON")
        if code and code in seen:
            raise refused(POINT_TWICE, code=code)
        active = str(given.get("active", "") if given.get("active") is not None else "").strip().lower()
        if active not in YES | NO:
            raise refused(POINT_INVALID, FieldError("active", "须为 true 或 false", "true or false"))
        with transaction.atomic():
            put = put_point(given, actor=actor, now=now)
            # An empty cell says nothing of it: the point stays as it is.
            switched = switch_point(code, active=active in YES, actor=actor, now=now) if active else None
    except Refused as no:
        account.rows["refused"] += 1
        if len(account.wrong) < WRONG_KEPT:
            account.wrong.append(WrongRow(number, code, no.code, _told(no, "zh"), _told(no, "en")))
        return
    seen.add(code)
    outcome = "changed" if put.outcome == "unchanged" and switched and switched.outcome == "changed" else put.outcome
    account.rows[outcome] += 1


def _told(no: Refused, language: str) -> str:
    """The sentence, or the fields that are wrong with what they should be."""
    parts = [f"{error.field}: {error.en if language == 'en' else error.zh}" for error in no.errors]
    return ("; " if language == "en" else "；").join(parts)[:500] or no.sentence(language)


def _csv_rows(text: str) -> Iterator[tuple[int, Mapping[str, object] | None]]:
    """Row numbers as a spreadsheet shows them: the header is 1."""
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        head = [name.strip() for name in next(reader, [])]
        unknown = [name for name in head if name not in COLUMNS]
        if "code" not in head or unknown or len(set(head)) != len(head):
            columns = ", ".join(COLUMNS)
            raise _unreadable(f"第一行须为列名，可用：{columns}", f"the first row names the columns out of: {columns}")
        for number, row in enumerate(reader, 2):
            if number > ROWS_MOST + 1:
                raise _unreadable(f"超过 {ROWS_MOST} 行", f"more than {ROWS_MOST} rows")
            if any(cell.strip() for cell in row):
                # More cells than columns are a field that nobody knows.
                names = [*head, *["?"] * (len(row) - len(head))]
                yield number, {name: _undisarmed(cell) for name, cell in zip(names, row, strict=False) if name != "?" or cell}
    except csv.Error as error:
        raise _unreadable("CSV 格式有误", f"not a CSV: {error}") from None


def _undisarmed(cell: str) -> str:
    """Our own export puts ' before what a spreadsheet would take for a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in ("=", "+", "-", "@") else cell


def _json_rows(text: str) -> Iterator[tuple[int, Mapping[str, object] | None]]:
    lines: Iterable[str] = text.split("\n")
    for number, line in enumerate(lines, 1):
        if number > ROWS_MOST:
            raise _unreadable(f"超过 {ROWS_MOST} 行", f"more than {ROWS_MOST} rows")
        if line.strip():
            yield number, _object(line)


def _object(line: str) -> Mapping[str, object] | None:
    try:
        found = json.loads(line) if len(line) <= LINE_MOST else None
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _unreadable(zh: str, en: str) -> Refused:
    return refused(POINTS_FILE, reason=zh, reason_en=en)
