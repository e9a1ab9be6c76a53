"""Master data as files: the terms of a book, a year's calendar, couriers, areas and suspensions, the texts that are sent."""

from collections.abc import Iterable, Sequence

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from shouhou.logistics.models import OwnArea, PickupSuspension
from shouhou.plumbing.actor import Actor
from shouhou.policy.models import CalendarOverride
from shouhou.policy.queries import calendar_now, compiled
from shouhou.web.operations.books import section
from shouhou.web.operations.calendar import KINDS, year_of
from shouhou.web.operations.carriers import courier_rows, suspension_rows
from shouhou.web.operations.door import operations_door
from shouhou.web.operations.texts import text_rows
from shouhou.web.page import said
from shouhou.web.shared.export import Cell, Column, exported

Rows = Iterable[Sequence[Cell]]


@operations_door
def terms(request: HttpRequest, actor: Actor, book: str, version: str, form: str) -> HttpResponseBase:
    """Every term of a version: its values, since when, and where they come from."""
    held = compiled(book, version)
    columns = [
        Column(_("章节"), width=16), Column(_("条款"), width=36), Column(_("名称"), width=28), Column(_("值"), width=36),
        Column(_("改变于"), width=24), Column(_("来源"), width=60),
    ]  # fmt: skip
    sections = [section(held, name) for name in held.vocabulary.words["sections"]]
    rows: Rows = (
        (part["label"], term["label"], term["name"], " · ".join(f"{whom} {value}".strip() for whom, value in term["values"]),
         " · ".join(day.isoformat() for day in term["since"]), "\n".join(source["title"] for source in term["sources"]))
        for part in sections for term in part["terms"]
    )  # fmt: skip
    return exported("terms", form, columns=columns, rows=rows)


@operations_door
def calendar(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """The days of the year that are not as their weekday says; the house's own corrections are marked."""
    year, held = year_of(request), calendar_now()
    own = {row.day: row for row in CalendarOverride.objects.filter(country="CN", day__year=year)}
    days = dict.fromkeys(held.holidays, "holiday") | dict.fromkeys(held.workdays_extra, "workday")
    columns = [Column(_("日期"), width=12), Column(_("类型"), width=12), Column(_("本平台的修订"), width=40)]
    rows: Rows = (
        (day.isoformat(), said(KINDS[days[day] if day in days else own[day].kind]), own[day].source if day in own else "")
        for day in sorted(day for day in {*days, *own} if day.year == year)
    )
    return exported(f"calendar-{year}", form, columns=columns, rows=rows)


@operations_door
def couriers(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    columns = [
        Column(_("编码"), width=8), Column(_("名称"), width=20), Column(_("运单号格式"), width=40), Column(_("查询链接"), width=40),
        Column(_("对接"), width=12), Column(_("状态"), width=10),
    ]  # fmt: skip
    rows: Rows = (
        (row["code"], row["name"], "\n".join(row["shapes"]), row["link"] or row["own_link"], row["provider"],
         _("启用") if row["active"] else _("已停用"))
        for row in courier_rows()
    )  # fmt: skip
    return exported("couriers", form, columns=columns, rows=rows)


@operations_door
def areas(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    columns = [Column(_("地区编码"), width=10), Column(_("名称"), width=24), Column(_("状态"), width=12)]
    found = OwnArea.objects.order_by("region_code")
    rows: Rows = ((row.region_code, row.name, _("提供服务") if row.active else _("不提供")) for row in found.iterator(chunk_size=500))
    return exported("areas", form, columns=columns, rows=rows)


@operations_door
def suspensions(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    columns = [
        Column(_("地区编码"), width=10), Column(_("首日"), width=12), Column(_("末日"), width=12), Column(_("原因"), width=20),
        Column(_("说明"), width=40), Column(_("状态"), width=12),
    ]  # fmt: skip
    rows: Rows = (
        (each["row"].region_code or _("全国"), each["row"].first_day.isoformat(), each["row"].last_day.isoformat(), each["row"].cause,
         each["row"].note, each["state"])
        for each in suspension_rows(PickupSuspension.objects.order_by("-first_day", "-id"))
    )  # fmt: skip
    return exported("suspensions", form, columns=columns, rows=rows)


@operations_door
def texts(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """The templates shown, with what calls for each."""
    columns = [
        Column(_("模板"), width=28), Column(_("标题（示例）"), width=44), Column(_("渠道"), width=20), Column(_("由什么触发"), width=40),
    ]
    rows: Rows = (
        (row["name"], row["title"], " · ".join(row["channels"]), "\n".join(row["causes"])) for row in text_rows(request.GET.get("for", ""))
    )
    return exported("texts", form, columns=columns, rows=rows)
