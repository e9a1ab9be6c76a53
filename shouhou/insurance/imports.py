"""`shouhou import policies FILE`: freight policies from CSV or NDJSON (`.gz`, too), by policy number; what became of every row."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from shouhou.foundation.refusals import Refused, refused
from shouhou.insurance.actions import put_policy
from shouhou.insurance.attaching import FIELDS
from shouhou.insurance.refusals import POLICY_FILE
from shouhou.plumbing.actor import SYSTEM, Actor
from shouhou.plumbing.rowfile import Progress, file_rows, take_rows


def import_policies(path: Path, *, now: datetime, actor: Actor = SYSTEM, progress: Progress | None = None) -> dict[str, Any]:
    """Put every row, in batches; a bad row hurts no other. Stopped half-way, the same command takes the rest, and what is
    there already is `unchanged`. Raises Refused FREIGHT_POLICY_FILE for what concerns the whole file.
    """

    def take(given: Mapping[str, object]) -> str:
        return put_policy(given, actor=actor, now=now).outcome

    return take_rows(file_rows(path, head=_known, unreadable=_unreadable), take, named="number", progress=progress).as_json()


def _known(head: list[str]) -> list[str]:
    if not {"number", "order", "insurer", "sum"} <= {*head} or {*head} - {*FIELDS}:
        columns = ", ".join(FIELDS)
        raise _unreadable(
            f"列名须包含 number、order、insurer、sum，可用：{columns}",
            f"columns must include number, order, insurer and sum, out of: {columns}",
        )
    return head


def _unreadable(zh: str, en: str) -> Refused:
    return refused(POLICY_FILE, reason=zh, reason_en=en)
