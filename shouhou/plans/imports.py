"""`shouhou import plans FILE`: sold plans from CSV, NDJSON or Parquet, by policy number; what became of every row, and why not."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from shouhou.foundation.refusals import Refused, refused
from shouhou.plans.actions import put_plan
from shouhou.plans.refusals import PLAN_FILE
from shouhou.plans.selling import FIELDS
from shouhou.plumbing.actor import SYSTEM, Actor
from shouhou.plumbing.rowfile import BATCH, Progress, Row, file_rows, take_rows


def import_plans(path: Path, *, now: datetime, actor: Actor = SYSTEM, progress: Progress | None = None) -> dict[str, Any]:
    """Put every row, in batches; a bad row hurts no other. Stopped half-way, the same command goes through what is there
    already as `unchanged` and takes the rest. Raises Refused PLAN_FILE for what concerns the whole file.
    """

    def take(given: Mapping[str, object]) -> str:
        return put_plan(given, actor=actor, now=now).outcome

    return take_rows(_rows(path), take, named="number", progress=progress).as_json()


def _rows(path: Path) -> Iterator[Row]:
    if not path.name.lower().endswith(".parquet"):
        yield from file_rows(path, head=_known, unreadable=_unreadable)
        return
    try:
        yield from _parquet_rows(path)
    except duckdb.Error as error:
        raise _unreadable(f"格式有误（{str(error)[:200]}）", str(error)[:200]) from error


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
