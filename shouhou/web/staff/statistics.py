"""Service statistics: look by service, reason, defect, goods …, hold one to a value and look on by the next."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from shouhou.analytics.alerting import alerts_of
from shouhou.analytics.statistics import (
    ALERT_LEAST,
    ALERT_PERCENT,
    COHORT,
    DEFECTS,
    DIMENSIONS,
    DURATION,
    READERS,
    Row,
    Window,
    breakdown,
    by_week,
    durations,
    latest,
    stages,
    whole,
    window_of,
)
from shouhou.foundation.refusals import FORBIDDEN, refused
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.policy.queries import book_in_force, compiled
from shouhou.web.doors import View, staff_door
from shouhou.web.finance.charts import stacked
from shouhou.web.labels import service_label, status_label
from shouhou.web.page import page, said
from shouhou.web.shared.asked import Asked
from shouhou.web.shared.case_view import reason_words
from shouhou.web.shared.export import Cell, Column, exported

SPANS = {"7": 7, "30": 30, "90": 90, "365": 365}
REPORTS_SHOWN = 20
# Fewer before, and a change in per cent says nothing.
FEWEST = 5
# By what one looks on, once this is held to a value.
ON = {"service": "reason", "reason": "detail", "detail": "sku", "category": "sku", "sku": "reason", "merchant": "reason"}


@dataclass(frozen=True, slots=True)
class Filters(Asked):
    """`by` is the dimension looked at; the dimensions' own names hold them to a value; `days` or `since` and `until` the period."""

    by: str = "reason"
    days: str = "30"
    since: str = ""
    until: str = ""
    service: str = ""
    reason: str = ""
    detail: str = ""
    sku: str = ""
    category: str = ""
    merchant: str = ""
    status: str = ""
    book: str = ""

    USUAL: ClassVar[Mapping[str, str]] = {"by": "reason", "days": "30"}
    KNOWN: ClassVar[Mapping[str, Container[str]]] = {"by": DIMENSIONS, "days": SPANS}

    def window(self, *, now: datetime) -> Window:
        held = {name: getattr(self, name) for name in DIMENSIONS}
        return window_of(_day(self.since), _day(self.until), held, now=now, days=SPANS.get(self.days, 30))


def statistics_door(view: View) -> View:
    """`view(request, actor, …)` for whoever reads statistics: the house's people, a shop's managers for their own."""

    @staff_door
    def inside(request: HttpRequest, actor: Actor, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if actor.role not in READERS or actor.insurer is not None:
            raise refused(FORBIDDEN, roles=sorted(READERS))
        return view(request, actor, *args, **kwargs)

    return inside


@statistics_door
def statistics(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The figures of the period, one dimension at a time, and the cases behind them."""
    filters, now = Filters.of(request.GET), clock.now()
    window = filters.window(now=now)
    rows, (total, reopened, before) = breakdown(filters.by, window, actor=actor), whole(window, actor=actor)
    weeks, labels = by_week(window, actor=actor), labels_of(now=now)
    most = max((row.cases for row in rows), default=0) or 1
    days = [f"{monday:%Y-%m-%d}" for monday, _many, _median in weeks]
    counts = {day: {"all": many} for day, (_monday, many, _median) in zip(days, weeks, strict=True)}
    context = {
        "here": "statistics", "filters": filters, "window": window, "total": total, "before": before, "change": _change(total, before),
        "reopened": _percent(reopened, total), "chart": stacked(days, counts, tones={"all": "accent"}, words={"all": _("申请")}),
        "weeks": [{"monday": monday, "cases": many, "median": median} for monday, many, median in weeks],
        "views": [{"label": said(text), "address": filters.address(by=name), "here": filters.by == name}
                  for name, text in DIMENSIONS.items() if name != "merchant" or actor.merchant_id is None],
        "spans": [{"label": label, "address": filters.address(days=days_, since="", until=""),
                   "here": not filters.since and filters.days == days_}
                  for days_, label in (("7", _("7 天")), ("30", _("30 天")), ("90", _("90 天")), ("365", _("一年")))],
        "held": [{"label": said(DIMENSIONS[name]), "value": words(name, value, labels), "drop": filters.address(**{name: ""})}
                 for name, value in window.narrowed.items()],
        "rows": [
            {"row": row, "label": words(filters.by, row.value, labels, row.name), "percent": round(100 * row.cases / most),
             "share": _percent(row.cases, total), "change": _change(row.cases, row.before),
             "address": filters.address(**{filters.by: row.value, "by": ON.get(filters.by, filters.by)}) if row.value else ""}
            for row in rows
        ],
        "reports": _reports(actor) if filters.by == "sku" else [],
        "goods": filters.by == "sku", "by": said(DIMENSIONS[filters.by]), "cohort": said(COHORT), "formula": said(DURATION),
        "defects": said(DEFECTS), "alert": f"{ALERT_PERCENT} %", "least": ALERT_LEAST,
        "durations": [{"row": each, "service": service_label(each.service)} for each in durations(window, actor=actor)],
        "stages": [{"row": each, "label": f"{service_label(each.service)} · {status_label(each.service, each.status)}"}
                   for each in stages(window, actor=actor)],
        "cases": [
            {**each, "service": service_label(each["service"]), "words": reason_words(each["detail"] or each["reason"]),
             "state": status_label(each["service"], each["status"])}
            for each in latest(window, actor=actor)
        ],
    }  # fmt: skip
    return page(request, "staff/statistics.html", context, actor=actor)


@statistics_door
def export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """statistics.csv or .xlsx of the dimension looked at, with the cohort in each row."""
    filters, now = Filters.of(request.GET), clock.now()
    window = filters.window(now=now)
    columns = [
        Column(_("从"), width=12), Column(_("到"), width=12), Column(_("维度"), width=14), Column(_("编码"), width=24),
        Column(_("名称"), width=40),
        Column(_("申请数"), "number", 10), Column(_("件数"), "number", 10), Column(_("重新开启"), "number", 10),
        Column(_("前一期申请数"), "number", 12), Column(_("同期下单件数"), "number", 12), Column(_("质量问题件数"), "number", 12),
        Column(_("质量问题率 %"), width=12), Column(_("统计口径"), width=60),
    ]  # fmt: skip
    return exported("statistics", form, columns=columns, rows=_rows(filters, window, breakdown(filters.by, window, actor=actor), now=now))


def labels_of(*, now: datetime) -> dict[str, str]:
    """Categories in words, by the vocabulary of the house's own book."""
    held = book_in_force(now)
    facts = compiled(held.book, held.version).vocabulary.facts
    return {code: said(text) for code, text in facts["category"].values.items()}


def words(dimension: str, value: str, labels: Mapping[str, str], name: str = "") -> str:
    """A value as people read it."""
    if not value:
        return _("（无）")
    if dimension == "service":
        return service_label(value)
    if dimension in ("reason", "detail"):
        return reason_words(value)
    if dimension == "category":
        return labels.get(value, value)
    if dimension == "status":
        service, _slash, status = value.partition("/")
        return f"{service_label(service)} · {status_label(service, status)}"
    return name or value


def _rows(filters: Filters, window: Window, found: list[Row], *, now: datetime) -> Iterator[list[Cell]]:
    labels = labels_of(now=now)
    for row in found:
        yield [
            window.first.isoformat(), window.last.isoformat(), said(DIMENSIONS[filters.by]), row.value,
            words(filters.by, row.value, labels, row.name), row.cases, row.units, row.reopened, row.before,
            row.sold or None, row.defective if row.sold else None, str(row.defect_percent or ""), said(COHORT),
        ]  # fmt: skip


def _reports(actor: Actor) -> list[dict[str, Any]]:
    """The last reports of defects, for the house; each leads to the cases behind it."""
    return [
        {"row": row,
         "address": Filters(by="detail", sku=row.sku, since=row.first.isoformat(), until=row.last.isoformat()).address()}
        for row in alerts_of(actor).order_by("-pk")[:REPORTS_SHOWN]
    ]  # fmt: skip


def _percent(part: int, of: int) -> int | None:
    return round(100 * part / of) if of else None


def _change(now_: int, before: int) -> int | None:
    """In per cent of before; None where there were too few to compare with."""
    return round(100 * (now_ - before) / before) if before >= FEWEST else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None

