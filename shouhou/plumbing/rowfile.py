"""Files of rows for whoever imports: CSV with a header or one JSON object a line, packed or not; what became of every row."""

import csv
import gzip
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import IO, Any

import orjson
from django.db import transaction

from shouhou.foundation.refusals import INVALID_INPUT, Refused, refused

BATCH = 500
LINE_MOST = 20_000
WRONG_KEPT = 200
Progress = Callable[[int, int | None], None]
# A row's number as an editor shows it, and what it says; None: it is no object.
Row = tuple[int, Mapping[str, object] | None]


@dataclass(frozen=True, slots=True)
class WrongRow:
    """A row that was not taken: its number as an editor shows it, what it is about, the refusal and what is wrong."""

    row: int
    key: str
    refusal: str
    zh: str
    en: str


@dataclass(slots=True)
class Account:
    """What became of a file: rows by outcome, and the first 200 that were not taken. `named`: what a row goes by."""

    named: str
    rows: Counter[str] = field(default_factory=Counter)
    wrong: list[WrongRow] = field(default_factory=list)

    def refuse(self, row: int, key: str, no: Refused) -> None:
        self.rows["refused"] += 1
        if len(self.wrong) < WRONG_KEPT:
            self.wrong.append(WrongRow(row, key, no.code, told(no, "zh"), told(no, "en")))

    def as_json(self) -> dict[str, Any]:
        return {
            "rows": sum(self.rows.values()), **{name: self.rows[name] for name in ("created", "changed", "unchanged", "refused")},
            "wrong": [
                {"row": each.row, self.named: each.key, "refusal": each.refusal, "zh": each.zh, "en": each.en} for each in self.wrong
            ],
        }  # fmt: skip


def take_rows(
    rows: Iterable[Row], take: Callable[[Mapping[str, object]], str], *, named: str, total: int | None = None,
    progress: Progress | None = None,
) -> Account:  # fmt: skip
    """Give every row to `take`, which answers its outcome or raises Refused: a bad row hurts no other.

    Committed in batches: stopped half-way, the same file again finds what is there already.
    """
    account, done, every = Account(named), 0, iter(rows)
    while batch := list(islice(every, BATCH)):
        with transaction.atomic():
            for number, given in batch:
                try:
                    if given is None:
                        raise refused(INVALID_INPUT, reason="JSON")
                    with transaction.atomic():
                        account.rows[take(given)] += 1
                except Refused as no:
                    account.refuse(number, str((given or {}).get(named) or "").strip()[:60], no)
        done += len(batch)
        if progress:
            progress(done, total)
    return account


def told(no: Refused, language: str) -> str:
    """The fields that are wrong with what they should be, or the sentence."""
    parts = [f"{error.field}: {error.en if language == 'en' else error.zh}" for error in no.errors]
    return ("; " if language == "en" else "；").join(parts)[:500] or no.sentence(language)


def file_rows(path: Path, *, head: Callable[[list[str]], list[str]], unreadable: Callable[[str, str], Refused]) -> Iterator[Row]:
    """The rows of a .csv, else NDJSON, `.gz` too. `head` takes the names of the columns or raises; `unreadable(zh, en)` is the
    refusal for what concerns the whole file."""
    name = path.name.lower()
    try:
        with _opened(path) as file:
            yield from csv_rows(file, head=head) if name.removesuffix(".gz").endswith(".csv") else json_rows(file)
    except UnicodeDecodeError:
        raise unreadable("须为 UTF-8 编码", "it must be UTF-8") from None
    except (gzip.BadGzipFile, EOFError, csv.Error) as error:
        raise unreadable(f"格式有误（{str(error)[:200]}）", str(error)[:200]) from error


def csv_rows(file: Iterable[str], *, head: Callable[[list[str]], list[str]]) -> Iterator[Row]:
    """Row numbers as a spreadsheet shows them: the header is 1. More cells than columns are a field `?` that nobody knows."""
    reader = csv.reader(file)
    names = head([name.strip() for name in next(reader, [])])
    for number, row in enumerate(reader, 2):
        if any(cell.strip() for cell in row):
            yield number, dict(zip([*names, *["?"] * (len(row) - len(names))], (cell.strip() for cell in row), strict=False))


def json_rows(file: Iterable[str]) -> Iterator[Row]:
    """One object a line; a line that is none, or too long, is None."""
    for number, line in enumerate(file, 1):
        if line.strip():
            yield number, _object(line)


def _opened(path: Path) -> IO[str]:
    if path.name.lower().endswith(".gz"):
        return TextIOWrapper(gzip.open(path, "rb"), encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _object(line: str) -> Mapping[str, object] | None:
    try:
        found = orjson.loads(line) if len(line) <= LINE_MOST else None
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None
