"""What the queue's address asks for: filters with their words, the usual views, and the domain's own filter."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from shouhou.cases.finding import find
from shouhou.cases.membership import CHANNELS
from shouhou.cases.queue import QueueFilter
from shouhou.cases.reasons import REASONS
from shouhou.cases.workflows import WORKFLOWS
from shouhou.cases.workflows.asks import AUDITORS
from shouhou.foundation.workflow import STAGES, Text
from shouhou.merchants.models import Merchant
from shouhou.plumbing.actor import Actor
from shouhou.web.labels import STAGES as STAGE_LABELS
from shouhou.web.labels import role_label
from shouhou.web.page import said
from shouhou.web.shared.asked import Asked

MERCHANTS_MAX = 500
SOON = timedelta(hours=2)
DAY = timedelta(hours=24)
MINE, FREE = "1", "0"
TROUBLE = "trouble"
AUDIT = "waiting"
TASK = "open"
DISPUTE = "open"
DUES = {
    "overdue": Text("已超时", "overdue"), "soon": Text("2 小时内到期", "due within 2 h"),
    "day": Text("24 小时内到期", "due within 24 h"),
}  # fmt: skip
SHOWN = {"open": Text("未完成", "open"), "ended": Text("已完成", "ended"), "all": Text("全部", "all")}
WHOSE = {MINE: Text("我的", "mine"), FREE: Text("无人处理", "unassigned")}
TURNS = sorted({state.waits_on for each in WORKFLOWS.values() for state in each.states if state.waits_on} | {"merchant_operator"})


@dataclass(frozen=True, slots=True)
class Filters(Asked):
    """What the address asks for; unknown values ask for nothing."""

    USUAL: ClassVar[Mapping[str, str]] = {"shown": "open"}

    q: str = ""
    service: str = ""
    status: str = ""
    stage: str = ""
    reason: str = ""
    waits_on: str = ""
    merchant: str = ""
    due: str = ""
    shown: str = "open"
    mine: str = ""
    channel: str = ""
    parcel: str = ""
    audit: str = ""
    task: str = ""
    dispute: str = ""
    after: str = ""

    KNOWN: ClassVar[Mapping[str, Container[str]]] = {"shown": SHOWN}

    @property
    def chosen(self) -> int:
        """How many filters are set beyond the plain queue."""
        names = (
            "service", "status", "stage", "reason", "waits_on", "merchant", "due", "mine", "channel", "parcel", "audit", "task", "dispute",
        )  # fmt: skip
        return sum(bool(getattr(self, name)) for name in names) + (self.shown != "open")

    def narrowed(self, actor: Actor, now: datetime) -> QueueFilter:
        """As the domain takes it. A search looks everywhere: on the phone nobody says which state their case is in."""
        if self.q:
            return QueueFilter(shown="all", numbers=tuple(hit.case for hit in find(self.q, actor=actor) if hit.case))
        due = {"overdue": (None, now), "soon": (now, now + SOON), "day": (now, now + DAY)}.get(self.due, (None, None))
        return QueueFilter(
            shown=self.shown, service=self.service or None, status=self.status or None, stage=self.stage or None,
            reason=self.reason or None,
            waits_on=self.waits_on or None, merchant=self.merchant or None, due_from=due[0], due_before=due[1],
            assigned={MINE: user_id(actor), FREE: 0}.get(self.mine), channel=self.channel if self.channel in CHANNELS else None,
            troubled=self.parcel == TROUBLE, auditing=self.audit == AUDIT, tasks=self.task == TASK, disputed=self.dispute == DISPUTE,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Select:
    """One drop-down of the filter bar."""

    name: str
    label: str
    options: list[Option] = field(default_factory=list)


def user_id(actor: Actor) -> int:
    """Whose cases are "mine". A program's key has none: -1 is nobody's."""
    return int(actor.who.removeprefix("user:")) if actor.who.startswith("user:") else -1


def my_turns(actor: Actor) -> list[str]:
    """The turns that this person's role takes: their own, the shop's, and for the front desk every one of the house."""
    if actor.merchant_id is not None:
        return ["merchant_operator"]
    if actor.role in TURNS:
        return [actor.role]
    return [turn for turn in TURNS if turn not in ("consumer", "carrier", "system", "merchant_operator")]


def usual_views(actor: Actor) -> list[tuple[str, str, Filters]]:
    """The lists that people open most: code, words, filters."""
    views = [
        ("open", _("全部未完成"), Filters()), ("turn", _("轮到我的岗位"), Filters(waits_on=my_turns(actor)[0])),
        ("mine", _("我处理的"), Filters(mine=MINE)), ("free", _("无人处理"), Filters(mine=FREE)),
        ("overdue", _("已超时"), Filters(due="overdue")), ("soon", _("2 小时内到期"), Filters(due="soon")),
        ("consumer", _("等待消费者"), Filters(waits_on="consumer")), ("plus", _("PLUS 专属通道"), Filters(channel="plus_vip")),
        ("dispute", _("平台介入"), Filters(dispute=DISPUTE, shown="all")),
        ("installation", _("安装"), Filters(reason="installation")), ("trouble", _("包裹异常"), Filters(parcel=TROUBLE)),
        ("tasks", _("待联系与协调"), Filters(task=TASK)),
    ]  # fmt: skip
    if actor.role in AUDITORS:
        # Also beside cases that have ended.
        views.append(("audit", _("补偿待审批"), Filters(audit=AUDIT, shown="all")))
    return [view for view in views if view[0] != "turn" or len(my_turns(actor)) == 1]


def same_view(one: Filters, other: Filters) -> bool:
    return replace(one, after="") == other


def selects(filters: Filters, actor: Actor) -> list[Select]:
    """The filter bar."""
    # Of a state that several services have, the first one's words.
    narrowed = [WORKFLOWS[filters.service]] if filters.service in WORKFLOWS else list(WORKFLOWS.values())
    states = {state.name: said(state.label) for workflow in reversed(narrowed) for state in workflow.states}
    found = [
        _select("shown", pgettext("筛选", "范围"), filters.shown, {code: said(text) for code, text in SHOWN.items()}, whole=False),
        _select("service", _("服务"), filters.service, {name: said(each.label) for name, each in WORKFLOWS.items()}),
        _select("status", _("状态"), filters.status, states),
        _select("stage", _("阶段"), filters.stage, {stage: said(STAGE_LABELS[stage]) for stage in STAGES}),
        _select("waits_on", _("轮到谁"), filters.waits_on, {role: role_label(role) for role in TURNS}),
        _select("due", _("时限"), filters.due, {code: said(text) for code, text in DUES.items()}),
        _select("mine", _("处理人"), filters.mine, {code: said(text) for code, text in WHOSE.items()}),
        _select("reason", _("原因"), filters.reason, {reason.code: said(reason.label) for reason in REASONS}),
    ]
    if actor.merchant_id is None:
        shops = dict(Merchant.objects.filter(active=True).order_by("code").values_list("code", "name")[:MERCHANTS_MAX])
        found.insert(5, _select("merchant", _("商家"), filters.merchant, shops))
    return found


def _select(name: str, label: str, chosen: str, options: Mapping[str, str], *, whole: bool = True) -> Select:
    first = [Option("", _("不限"), not chosen)] if whole else []
    return Select(name, label, first + [Option(value, words, value == chosen) for value, words in options.items()])
