"""`shouhou import policies FILE`: freight policies from CSV or NDJSON (`.gz`, too), by policy number; what became of every row."""

import csv
import gzip
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import IO, Any

import orjson
from django.db import transaction

from shouhou.foundation.refusals import INVALID_INPUT, Refused, refused
from shouhou.insurance.actions import put_policy
from shouhou.insurance.attaching import FIELDS
from shouhou.insurance.refusals import POLICY_FILE
from shouhou.plumbing.actor import SYSTEM, Actor

BATCH = 500
LINE_MOST = 20_000
WRONG_KEPT = 200
Progress = Callable[[int, int | None], None]
Row = tuple[int, Mapping[str, object] | None]


def import_policies(path: Path, *, now: datetime, actor: Actor = SYSTEM, progress: Progress | None = None) -> dict[str, Any]:
    """Put every row, in batches; a bad row hurts no other. Stopped half-way, the same command takes the rest, and what is
    there already is `unchanged`. Raises Refused FREIGHT_POLICY_FILE for what concerns the whole file.
    """
    counted: Counter[str] = Counter()
    wrong: list[dict[str, Any]] = []
    done = 0
    rows = _rows(path)
    while batch := list(islice(rows, BATCH)):
        with transaction.atomic():
            for number, given in batch:
                outcome, why = _take(given, actor=actor, now=now)
                counted[outcome] += 1
                if why is not None and len(wrong) < WRONG_KEPT:
                    wrong.append({"row": number, "number": str((given or {}).get("number") or "")[:60], **why})
        done += len(batch)
        if progress:
            progress(done, None)
    outcomes = ("created", "changed", "unchanged", "refused")
    return {"rows": sum(counted.values()), **{name: counted[name] for name in outcomes}, "wrong": wrong}


def _take(given: Mapping[str, object] | None, *, actor: Actor, now: datetime) -> tuple[str, dict[str, str] | None]:
    try:
        if given is None:
            raise refused(INVALID_INPUT, reason="JSON")
        with transaction.atomic():
            return put_policy(given, actor=actor, now=now).outcome, None
    except Refused as no:
        told = {language: _told(no, language) for language in ("zh", "en")}
        return "refused", {"refusal": no.code, **told}


def _told(no: Refused, language: str) -> str:
    parts = [f"{error.field}: {error.en if language == 'en' else error.zh}" for error in no.errors]
    return ("; " if language == "en" else "；").join(parts)[:500] or no.sentence(language)


def _rows(path: Path) -> Iterator[Row]:
    """Row numbers as an editor shows them; the header of a CSV is 1."""
    name = path.name.lower().removesuffix(".gz")
    try:
        with _opened(path) as file:
            yield from _csv_rows(file) if name.endswith(".csv") else _json_rows(file)
    except UnicodeDecodeError:
        raise refused(POLICY_FILE, reason="须为 UTF-8 编码", reason_en="it must be UTF-8") from None
    except (gzip.BadGzipFile, EOFError, csv.Error) as error:
        raise refused(POLICY_FILE, reason=str(error)[:200], reason_en=str(error)[:200]) from error


def _opened(path: Path) -> IO[str]:
    if path.name.lower().endswith(".gz"):
        return TextIOWrapper(gzip.open(path, "rb"), encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _csv_rows(file: IO[str]) -> Iterator[Row]:
    reader = csv.reader(file)
    head = [name.strip() for name in next(reader, [])]
    if not {"number", "order", "insurer", "sum"} <= {*head} or {*head} - {*FIELDS}:
        columns = ", ".join(FIELDS)
        raise refused(POLICY_FILE, reason=f"列名须包含 number、order、insurer、sum，可用：{columns}",
                      reason_en=f"columns must include number, order, insurer and sum, out of: {columns}")  # fmt: skip
    for number, row in enumerate(reader, 2):
        if any(cell.strip() for cell in row):
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
