"""`shouhou import plans FILE`: sold plans from CSV, NDJSON or Parquet, by policy number; what became of every row, and why not."""

import csv
import gzip
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import IO, Any

import duckdb
import orjson
from django.db import transaction

from shouhou.foundation.refusals import INVALID_INPUT, Refused, refused
from shouhou.plans.actions import put_plan
from shouhou.plans.refusals import PLAN_FILE
from shouhou.plans.selling import FIELDS
from shouhou.plumbing.actor import SYSTEM, Actor

BATCH = 500
LINE_MOST = 20_000
WRONG_KEPT = 200
Progress = Callable[[int, int | None], None]
Row = tuple[int, Mapping[str, object] | None]


@dataclass(frozen=True, slots=True)
class WrongRow:
    """A row that was not taken: its number as an editor shows it, the policy, the refusal and what is wrong, in both languages."""

    row: int
    number: str
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
            "wrong": [
                {"row": each.row, "number": each.number, "refusal": each.refusal, "zh": each.zh, "en": each.en} for each in self.wrong
            ],
        }  # fmt: skip


def import_plans(path: Path, *, now: datetime, actor: Actor = SYSTEM, progress: Progress | None = None) -> dict[str, Any]:
    """Put every row, in batches; a bad row hurts no other. Stopped half-way, the same command goes through what is there
    already as `unchanged` and takes the rest. Raises Refused PLAN_FILE for what concerns the whole file.
    """
    account, done, rows = Account(), 0, _rows(path)
    while batch := list(islice(rows, BATCH)):
        with transaction.atomic():
            for number, given in batch:
                _take(account, number, given, actor=actor, now=now)
        done += len(batch)
        if progress:
            progress(done, None)
    return account.as_json()


def _take(account: Account, number: int, given: Mapping[str, object] | None, *, actor: Actor, now: datetime) -> None:
    try:
        if given is None:
            raise refused(INVALID_INPUT, reason="JSON")
        with transaction.atomic():
            account.rows[put_plan(given, actor=actor, now=now).outcome] += 1
    except Refused as no:
        account.rows["refused"] += 1
        if len(account.wrong) < WRONG_KEPT:
            policy = str((given or {}).get("number") or "")[:60]
            account.wrong.append(WrongRow(number, policy, no.code, _told(no, "zh"), _told(no, "en")))


def _told(no: Refused, language: str) -> str:
    """The fields that are wrong with what they should be, or the sentence."""
    parts = [f"{error.field}: {error.en if language == 'en' else error.zh}" for error in no.errors]
    return ("; " if language == "en" else "；").join(parts)[:500] or no.sentence(language)


def _rows(path: Path) -> Iterator[Row]:
    """Row numbers as an editor shows them; the header of a CSV is 1."""
    name = path.name.lower().removesuffix(".gz")
    try:
        if name.endswith(".parquet"):
            yield from _parquet_rows(path)
            return
        with _opened(path) as file:
            yield from _csv_rows(file) if name.endswith(".csv") else _json_rows(file)
    except UnicodeDecodeError:
        raise _unreadable("须为 UTF-8 编码", "it must be UTF-8") from None
    except (gzip.BadGzipFile, EOFError, csv.Error, duckdb.Error) as error:
        raise _unreadable(f"格式有误（{str(error)[:200]}）", str(error)[:200]) from error


def _opened(path: Path) -> IO[str]:
    if path.name.lower().endswith(".gz"):
        return TextIOWrapper(gzip.open(path, "rb"), encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _csv_rows(file: IO[str]) -> Iterator[Row]:
    reader = csv.reader(file)
    head = _known([name.strip() for name in next(reader, [])])
    for number, row in enumerate(reader, 2):
        if any(cell.strip() for cell in row):
            # More cells than columns are a field that nobody knows.
            yield number, dict(zip([*head, *["?"] * (len(row) - len(head))], (cell.strip() for cell in row), strict=False))


def _json_rows(file: IO[str]) -> Iterator[Row]:
    for number, line in enumerate(file, 1):
        if line.strip():
            yield number, _object(line)


def _object(line: str) -> Mapping[str, object] | None:
    try:
        found = orjson.loads(line) if len(line) <= LINE_MOST else None
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None


def _parquet_rows(path: Path) -> Iterator[Row]:
    with duckdb.connect() as db:
        rows = db.execute("SELECT * FROM read_parquet(?)", [str(path)])
        head = _known([column[0] for column in rows.description or ()])
        number = 0
        while found := rows.fetchmany(BATCH):
            for row in found:
                number += 1
                yield number, {name: _plain(cell) for name, cell in zip(head, row, strict=True)}


def _plain(cell: object) -> object:
    """Days and whole numbers as the checks know them; anything else as a text."""
    if cell is None or isinstance(cell, int | str):
        return cell
    return str(cell)[:10] if hasattr(cell, "isoformat") else str(cell)


def _known(head: list[str]) -> list[str]:
    if not {"number", "kind"} <= {*head} or {*head} - {*FIELDS} or len({*head}) != len(head):
        columns = ", ".join(FIELDS)
        raise _unreadable(f"列名须包含 number 与 kind，可用：{columns}", f"columns must include number and kind, out of: {columns}")
    return head


def _unreadable(zh: str, en: str) -> Refused:
    return refused(PLAN_FILE, reason=zh, reason_en=en)
