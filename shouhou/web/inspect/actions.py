"""Sending an inspection: receipt, photos and verdict in one transaction, or nothing of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from shouhou.cases.actions import attach, make_move, say
from shouhou.plumbing.actor import Actor

UNPACKING_PHOTO = "unpacking"


@dataclass(frozen=True, slots=True)
class Step:
    """A move of the workflow with its answers."""

    move: str
    answers: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Inspection:
    """What is to be sent. `note` is for colleagues only; either of receipt and verdict may be left out."""

    number: str
    version: int
    receipt: Step | None
    verdict: Step | None
    unpacking_photos: Sequence[str] = ()
    note: str = ""


def send_inspection(
    inspection: Inspection, *, actor: Actor, now: datetime, language: str, dry_run: bool = False
) -> dict[str, Any]:  # fmt: skip
    """The case as it stands then, in the contract's shape. `dry_run` is the same, rolled back.

    Raises what the moves raise (OVERTAKEN, MOVE_NOT_NOW, ANSWERS_INVALID …) and UPLOAD_UNKNOWN; nothing has changed then.
    """
    number, version = inspection.number, inspection.version
    outcome: dict[str, Any] = {}
    with transaction.atomic():
        for step in (inspection.receipt, inspection.verdict):
            if step is not None:
                outcome = make_move(
                    number, step.move, actor=actor, answers=step.answers, version=version, now=now, language=language
                )
                # The system may have moved on by itself after the verdict; the receipt leads one version further.
                version = int(outcome["version"])
        for token in inspection.unpacking_photos:
            attach(number, token, UNPACKING_PHOTO, actor=actor, now=now)
        if inspection.note:
            say(number, inspection.note, internal=True, actor=actor, now=now)
        if dry_run:
            transaction.set_rollback(True)
    return outcome
