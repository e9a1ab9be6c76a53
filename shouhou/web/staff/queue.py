"""The queue of staff: filters that live in the address, keyset pages, and the same list as CSV."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from shouhou.cases.models import Case
from shouhou.cases.workflows import WORKFLOWS
from shouhou.foundation.ids import parse_number
from shouhou.foundation.money import Money
from shouhou.foundation.workflow import STAGES, Text
from shouhou.merchants.models import Merchant
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.masking import mask_name, mask_phone
from shouhou.web.access import cases_of
from shouhou.web.doors import staff_door
from shouhou.web.labels import STAGES as STAGE_LABELS
from shouhou.web.labels import role_label, service_label, status_label, tone
from shouhou.web.page import page, said
from shouhou.web.shared.transport import cases_with_waybill

PAGE_SIZE = 50
EXPORT_MAX = 10_000
SOON = timedelta(hours=12)
SEARCH_MAX = 80
DUES = {"soon": Text("12 小时内到期", "due within 12 h"), "overdue": Text("已超时", "overdue")}
SHOWN = {"open": Text("未完成", "open"), "ended": Text("已完成", "ended"), "all": Text("全部", "all")}


@dataclass(frozen=True, slots=True)
class Filters:
    """What the address asks for; unknown values ask for nothing."""

    q: str = ""
    status: str = ""
    stage: str = ""
    waits_on: str = ""
    merchant: str = ""
    due: str = ""
    shown: str = "open"
    mine: str = ""
    after: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Filters":
        given = {name: query.get(name, "").replace("\x00", "").strip()[:SEARCH_MAX] for name in cls.__slots__}
        return cls(**{**given, "shown": given["shown"] if given["shown"] in SHOWN else "open"})

    def address(self, **changes: str) -> str:
        values = {name: getattr(self, name) for name in self.__slots__} | changes
        return "?" + urlencode({name: value for name, value in values.items() if value and (name, value) != ("shown", "open")})

    @property
    def refined(self) -> bool:
        """Whether more is asked for than one of the usual views."""
        given = [name for name in ("status", "stage", "waits_on", "merchant", "due", "mine") if getattr(self, name)]
        return self.shown != "open" or len(given) > 1 or given in (["status"], ["stage"], ["merchant"])


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


@staff_door
def queue(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The cases of this person's scope, the most urgent first."""
    filters, now = Filters.of(request.GET), clock.now()
    rows = list(_page(_found(filters, actor, now), filters)[: PAGE_SIZE + 1])
    following = rows[PAGE_SIZE - 1] if len(rows) > PAGE_SIZE else None
    context = {
        "here": "queue", "filters": filters, "selects": _selects(filters, actor), "rows": [_row(c) for c in rows[:PAGE_SIZE]],
        "first": filters.address(after="") if filters.after else "",
        "next": filters.address(after=_cursor(following)) if following else "",
        "csv": filters.address(after=""), "views": _views(filters, actor, now), "filtered": filters.refined,
    }  # fmt: skip
    return page(request, "staff/queue.html", context, actor=actor)


@staff_door
def export(request: HttpRequest, actor: Actor) -> StreamingHttpResponse:
    """The filtered queue as CSV (UTF-8 with BOM for spreadsheets), at most 10,000 rows, personal data masked."""
    filters = Filters.of(request.GET)
    rows = _found(filters, actor, clock.now())[:EXPORT_MAX]
    answer = StreamingHttpResponse(_csv(rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="cases.csv"'
    return answer


def _found(filters: Filters, actor: Actor, now: datetime) -> QuerySet[Case]:
    found = cases_of(actor).order_by(F("due_at").asc(nulls_last=True), "id")
    if filters.q:
        # A search looks everywhere: somebody on the phone does not say which state their case is in.
        return found.filter(_search(filters.q))
    if filters.shown != "all":
        found = found.filter(closed_at__isnull=filters.shown == "open")
    for name in ("status", "stage", "waits_on"):
        if value := getattr(filters, name):
            found = found.filter(**{name: value})
    if filters.merchant:
        found = found.filter(merchant__code=filters.merchant)
    if filters.due == "overdue":
        found = found.filter(due_at__lt=now)
    elif filters.due == "soon":
        found = found.filter(due_at__gte=now, due_at__lt=now + SOON)
    if filters.mine:
        found = found.filter(assigned_to_id=_key(actor))
    return found


def _key(actor: Actor) -> int:
    return int(actor.who.removeprefix("user:"))


def _search(text: str) -> Q:
    wanted = Q(order__number=text) | Q(number=parse_number(text) or text.upper())
    digits = "".join(ch for ch in text if ch.isdigit())
    if 4 <= len(digits) <= 15 and digits == text.replace(" ", "").replace("-", ""):
        wanted |= Q(buyer__phone__endswith=digits) | Q(contact__phone__endswith=digits)
    return wanted | Q(number__in=cases_with_waybill(text))


def _page(found: QuerySet[Case], filters: Filters) -> QuerySet[Case]:
    """After the last row of the page before; rows without a limit come last."""
    due, _, number = filters.after.partition("_")
    if not number.isdigit() or len(number) > 18:
        return found.prefetch_related("items__line")
    at = parse_datetime(due) if due != "none" else None
    beyond = Q(due_at=None, id__gt=int(number))
    if at is not None:
        beyond = Q(due_at__gt=at) | Q(due_at=at, id__gt=int(number)) | Q(due_at=None)
    return found.filter(beyond).prefetch_related("items__line")


def _cursor(case: Case) -> str:
    return f"{case.due_at.isoformat() if case.due_at else 'none'}_{case.pk}"


def _row(case: Case) -> dict[str, Any]:
    items = list(case.items.all())
    return {
        "case": case, "title": items[0].line.title if items else "", "more": len(items) - 1,
        "status": status_label(case.service, case.status), "tone": tone(case.status, case.waits_on, "staff"),
        "waits_on": role_label(case.waits_on) if case.waits_on else "", "service": service_label(case.service),
        "buyer": mask_name(case.buyer.name), "phone": mask_phone(case.buyer.phone),
    }  # fmt: skip


def _views(filters: Filters, actor: Actor, now: datetime) -> list[dict[str, Any]]:
    """The lists that people open most, each with how many wait there; one statement counts them all."""
    counts = cases_of(actor).filter(closed_at=None).order_by().aggregate(
        open=Count("id"), turn=Count("id", filter=Q(waits_on=actor.role)), mine=Count("id", filter=Q(assigned_to_id=_key(actor))),
        soon=Count("id", filter=Q(due_at__gte=now, due_at__lt=now + SOON)), overdue=Count("id", filter=Q(due_at__lt=now)),
    )  # fmt: skip
    views = (
        ("open", _("未完成"), Filters()), ("turn", _("轮到我的岗位"), Filters(waits_on=actor.role)),
        ("mine", _("我处理的"), Filters(mine="1")),
        ("soon", _("12 小时内到期"), Filters(due="soon")), ("overdue", _("已超时"), Filters(due="overdue")),
    )  # fmt: skip
    here = replace(filters, after="")
    return [
        {"label": label, "address": view.address(), "count": counts[name], "here": view == here,
         "bad": name == "overdue" and counts[name] > 0}
        for name, label, view in views
    ]  # fmt: skip


def _selects(filters: Filters, actor: Actor) -> list[Select]:
    states = {state.name: said(state.label) for workflow in WORKFLOWS.values() for state in workflow.states}
    turns = sorted({state.waits_on for workflow in WORKFLOWS.values() for state in workflow.states if state.waits_on})
    selects = [
        _select("shown", pgettext("筛选", "范围"), filters.shown, {code: said(text) for code, text in SHOWN.items()}, whole=False),
        _select("status", _("状态"), filters.status, states),
        _select("stage", _("阶段"), filters.stage, {stage: said(STAGE_LABELS[stage]) for stage in STAGES}),
        _select("waits_on", _("轮到谁"), filters.waits_on, {role: role_label(role) for role in [*turns, "merchant_operator"]}),
        _select("due", _("时限"), filters.due, {code: said(text) for code, text in DUES.items()}),
        _select("mine", _("处理人"), filters.mine, {"1": _("我的")}),
    ]
    if actor.merchant_id is None:
        shops = dict(Merchant.objects.filter(active=True).order_by("code").values_list("code", "name")[:500])
        selects.insert(4, _select("merchant", _("商家"), filters.merchant, shops))
    return selects


def _select(name: str, label: str, chosen: str, options: Mapping[str, str], *, whole: bool = True) -> Select:
    first = [Option("", _("不限"), not chosen)] if whole else []
    return Select(name, label, first + [Option(value, words, value == chosen) for value, words in options.items()])


class _Echo:
    def write(self, value: str) -> str:
        return value


def _csv(rows: QuerySet[Case]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow([
        _("售后单号"), _("订单号"), _("服务"), _("原因"), _("状态"), _("轮到谁"), _("商家"), _("消费者"), _("电话"), _("提交"),
        _("截止"), _("退款金额"), _("币种"),
    ])  # fmt: skip
    for case in rows.iterator(chunk_size=500):
        yield writer.writerow([_plain(cell) for cell in (
            case.number, case.order.number, service_label(case.service), case.reason, status_label(case.service, case.status),
            case.waits_on, case.merchant.name, mask_name(case.buyer.name), mask_phone(case.buyer.phone),
            case.submitted_at.isoformat(timespec="seconds"), case.due_at.isoformat(timespec="seconds") if case.due_at else "",
            str(Money(case.refund_minor, case.currency).decimal), case.currency,
        )])  # fmt: skip


def _plain(cell: str) -> str:
    """A spreadsheet must not take somebody's name for a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
