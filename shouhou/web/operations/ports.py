"""What operations show of neighbours that pages may not know: the doctor above, webhooks beside; wired at the top."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from shouhou.foundation.workflow import Text
from shouhou.plumbing.actor import Actor


@dataclass(frozen=True, slots=True)
class Health:
    """One thing the doctor examined: "ok", "warn" or "bad", and what to do."""

    level: str
    said: Text
    advice: Text


class Redeliver(Protocol):
    """Deliver one event to one endpoint again. Raises Refused."""

    def __call__(self, delivery_id: int, *, actor: Actor, now: datetime) -> None: ...


def _nothing(now: datetime) -> Sequence[Any]:
    return ()


def _nobody(delivery_id: int, *, actor: Actor, now: datetime) -> None:
    raise LookupError("no webhooks are wired")


health: Callable[[datetime], Sequence[Health]] = _nothing
webhooks: Callable[[datetime], Sequence[Mapping[str, Any]]] = _nothing
redeliver: Redeliver = _nobody


def connect(
    *, examine: Callable[[datetime], Sequence[Health]], stuck: Callable[[datetime], Sequence[Mapping[str, Any]]], again: Redeliver
) -> None:  # fmt: skip
    """Called once, by the wiring."""
    global health, webhooks, redeliver
    health, webhooks, redeliver = examine, stuck, again
