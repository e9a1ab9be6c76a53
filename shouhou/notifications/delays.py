"""What a message about a delay must hold: its cause, the new date, and what the consumer can do meanwhile (CDT-18)."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from shouhou.cases.models import Case, Deadline
from shouhou.cases.queries import available_moves
from shouhou.cases.quiet import EVERY
from shouhou.cases.view import TURNS
from shouhou.foundation.workflow import Text
from shouhou.plumbing.actor import Actor
from shouhou.policy.queries import compiled

OPTIONS_MOST = 5
CAUSE = Text("{turn}未在{due}前完成这一步", "{turn} did not finish this step by {due}")
WRITE = Text("在售后单里留言", "write in the case")


def missed(data: Mapping[str, Any], limits: Iterable[Deadline], *, at: datetime) -> Deadline | None:
    """The limit that is the cause: the one whose consequence the move is, else the first of the house's that has passed."""
    late = sorted((row for row in limits if row.due_at <= at and row.waits_on != "consumer"), key=lambda row: row.due_at)
    move = str(data.get("move") or "")
    named = [row for row in late if row.on_breach == move] if move else [row for row in late if row.state in ("open", "breached")]
    return named[-1] if named and move else named[0] if named else None


def cause_of(limit: Deadline, due: str, language: str) -> str:
    """Who should have done it by when, in the reader's language."""
    turn = TURNS.get(limit.waits_on, TURNS["system"]).in_(language)
    said = CAUSE.in_(language).format(turn=turn, due=due)
    return said[:1].upper() + said[1:]


def new_date(limits: Iterable[Deadline], *, at: datetime) -> datetime | None:
    """The next limit of whoever works on it, as it runs now."""
    ahead = [row.due_at for row in limits if row.state == "open" and row.waits_on != "consumer" and row.due_at > at]
    return min(ahead, default=None)


def heard_by(at: datetime) -> datetime:
    """Where no limit lies ahead: by then the consumer hears of it again, whatever happens (cases/quiet.py)."""
    return at + timedelta(hours=float(compiled().terms.number("silence_hours"))) + EVERY


def options_of(case: Case, *, language: str, at: datetime) -> str:
    """What the consumer may do with the case as it stands now, in the words of its buttons; writing is always possible."""
    consumer = Actor(role="consumer", who=f"buyer:{case.buyer_id}", buyer_id=case.buyer_id)
    moves = available_moves(case.number, actor=consumer, language=language, now=at)
    labels = list(dict.fromkeys(str(move["label"]) for move in moves))[:OPTIONS_MOST]
    return (", " if language.startswith("en") else "、").join([*labels, WRITE.in_(language)])
