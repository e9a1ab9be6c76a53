"""What the bench's address asks for: filters with their words, and the workshop's own filter."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from shouhou.foundation.workflow import Text
from shouhou.plumbing.actor import Actor
from shouhou.repairs.models import WorkOrder
from shouhou.repairs.queries import BoardFilter
from shouhou.repairs.rules.modes import MODES
from shouhou.repairs.rules.states import STATES
from shouhou.web.access import cases_of
from shouhou.web.page import said
from shouhou.web.shared.asked import Asked

CHOICES_MOST = 200
DUE_MOST = 1000
DUES = {"overdue": Text("已超时", "overdue"), "day": Text("24 小时内到期", "due within 24 h")}
AGES = {"3": Text("满 3 天", "3 days or more"), "7": Text("满 7 天", "7 days or more"), "20": Text("满 20 天", "20 days or more")}
SHOWN = {"open": Text("未结束", "open"), "all": Text("全部", "all")}
ME, NOBODY = "me", "free"
WHOSE = {ME: Text("我的", "mine"), NOBODY: Text("无人接单", "nobody's")}


@dataclass(frozen=True, slots=True)
class BenchFilters(Asked):
    """What the address asks for; unknown values ask for nothing."""

    USUAL: ClassVar[Mapping[str, str]] = {"shown": "open"}

    q: str = ""
    state: str = ""
    technician: str = ""
    point: str = ""
    mode: str = ""
    age: str = ""
    due: str = ""
    shown: str = "open"
    after: str = ""

    KNOWN: ClassVar[Mapping[str, Container[str]]] = {"shown": SHOWN}

    def narrowed(self, actor: Actor, now: datetime) -> BoardFilter:
        """The workshop's filter for this person at this time."""
        return BoardFilter(
            state=self.state if self.state in {each.name for each in STATES} else None,
            technician={ME: actor.who, NOBODY: ""}.get(self.technician, self.technician or None),
            point=self.point or None, mode=self.mode if self.mode in MODES else None,
            open_only=self.shown == "open", text=self.q or None,
            opened_before=now - timedelta(days=int(self.age)) if self.age in AGES else None,
            subjects=_due(self.due, actor, now) if self.due in DUES else None,
        )  # fmt: skip


def choices(actor: Actor) -> dict[str, list[tuple[str, str]]]:
    """What can be chosen in each filter, in the page's language."""
    seen = WorkOrder.objects.filter(ended_at=None)
    if actor.merchant_id is not None:
        seen = seen.filter(merchant_id=actor.merchant_id)
    people = seen.exclude(technician="").values_list("technician", "technician_name").distinct()[:CHOICES_MOST]
    points = seen.exclude(point_code="").values_list("point_code", flat=True).distinct().order_by("point_code")[:CHOICES_MOST]
    return {
        "state": [(each.name, said(each.label)) for each in STATES],
        "technician": [*_texts(WHOSE), *((code, name or code) for code, name in people if code != actor.who)],
        "point": [(code, code) for code in points], "mode": [(str(code), said(text)) for code, text in MODES.items()],
        "age": _texts(AGES), "due": _texts(DUES), "shown": _texts(SHOWN),
    }  # fmt: skip


def _texts(table: Mapping[str, Text]) -> list[tuple[str, str]]:
    return [(code, said(text)) for code, text in table.items()]


def _due(due: str, actor: Actor, now: datetime) -> tuple[str, ...]:
    """The cases of the bench whose limit is over, or soon will be."""
    until = now if due == "overdue" else now + timedelta(hours=24)
    open_ = cases_of(actor).filter(service="repair", closed_at=None, due_at__lt=until)
    found: Any = open_.order_by("due_at").values_list("number", flat=True)[:DUE_MOST]
    return tuple(found)
