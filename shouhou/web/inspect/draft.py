"""An inspection in the making: every step as it was filled in, kept in the session until it is sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.http import QueryDict

from shouhou.web.shared.once import new_key

KEY = "inspections"
DRAFTS_MAX = 20
"""A bench has a handful of parcels open; the oldest draft makes room."""
FIELDS_MAX = 400
VALUE_MAX = 2000
STEPS = ("unpack", "check", "grade", "verdict")


@dataclass(slots=True)
class Draft:
    """What the inspector has said so far. `steps` holds the forms as they were sent, `photos` tokens by step."""

    number: str
    once: str
    at: str
    steps: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    photos: dict[str, list[str]] = field(default_factory=dict)
    waybill: str = ""

    def form_data(self, step: str) -> QueryDict | None:
        """The step as a form takes it, None when it was never sent."""
        if step not in self.steps:
            return None
        data = QueryDict(mutable=True)
        for name, values in self.steps[step].items():
            data.setlist(name, values)
        return data

    def keep(self, step: str, data: QueryDict, *, photos: list[str]) -> None:
        """Take what was sent for the step in place of what stood there."""
        names = [name for name in list(data)[:FIELDS_MAX] if name != "csrfmiddlewaretoken"]
        self.steps[step] = {name: [value[:VALUE_MAX] for value in data.getlist(name)] for name in names}
        self.photos[step] = photos

    @property
    def tokens(self) -> list[str]:
        """All photos, in the order of the steps."""
        return [token for step in STEPS for token in self.photos.get(step, [])]


def draft_of(session: SessionBase, number: str, *, now: datetime) -> Draft:
    """The open draft of the case, or a fresh one that is not kept yet."""
    held = _held(session).get(number)
    if held is None:
        return Draft(number, new_key(), now.isoformat())
    return Draft(number, held["once"], held["at"], held["steps"], held["photos"], held.get("waybill", ""))


def keep_draft(session: SessionBase, draft: Draft) -> None:
    """Put it into the session; beyond DRAFTS_MAX the oldest goes."""
    held = _held(session)
    held[draft.number] = {
        "once": draft.once, "at": draft.at, "steps": draft.steps, "photos": draft.photos, "waybill": draft.waybill,
    }  # fmt: skip
    kept = sorted(held.items(), key=lambda entry: str(entry[1]["at"]))[-DRAFTS_MAX:]
    session[KEY] = dict(kept)


def drop_draft(session: SessionBase, number: str) -> None:
    held = _held(session)
    held.pop(number, None)
    session[KEY] = held


def drafts(session: SessionBase) -> list[str]:
    """The numbers of the open drafts, the newest first."""
    return [number for number, _ in sorted(_held(session).items(), key=lambda entry: str(entry[1]["at"]), reverse=True)]


def _held(session: SessionBase) -> dict[str, dict[str, Any]]:
    held = session.get(KEY)
    return dict(held) if isinstance(held, Mapping) else {}
