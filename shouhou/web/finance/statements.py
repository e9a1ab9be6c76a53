"""Channels' statements: taking one in, what became of its lines."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouhou.foundation.money import Money
from shouhou.foundation.refusals import Refused
from shouhou.foundation.workflow import Text
from shouhou.payments.channels.registry import STATEMENT_CHANNELS, is_set_up
from shouhou.payments.models import Statement, StatementFetch, StatementLine
from shouhou.payments.reconciliation import queries
from shouhou.payments.reconciliation.actions.fetching import ask_fetch
from shouhou.payments.reconciliation.actions.taking import BYTES_MOST
from shouhou.payments.reconciliation.daily import take_in
from shouhou.payments.reconciliation.rules import DIFFERENCES, OUTCOMES
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.web.finance.door import finance_door, finance_page
from shouhou.web.finance.ledger_filters import day_of
from shouhou.web.finance.subjects import who_words
from shouhou.web.labels import PAYMENT_CHANNELS, label
from shouhou.web.page import language, said
from shouhou.web.shared.asked import Asked, taken
from shouhou.web.shared.export import ROWS_MAX, Cell, Column, exported
from shouhou.web.shared.money_view import half
from shouhou.web.shared.once import new_key, once

PAGE_SIZE = 50
KINDS = {
    "refund": Text("退款", "Refund"), "payment": Text("收款", "Payment"), "fee": Text("手续费", "Fee"), "other": Text("其他", "Other"),
}  # fmt: skip


class StatementForm(forms.Form):
    """A file, whose it is, and of which day where its lines do not say."""

    channel = forms.ChoiceField(label=gettext_lazy("渠道"))
    file = forms.FileField(
        label=gettext_lazy("对账单"), help_text=gettext_lazy("渠道后台下载的原文件（CSV，或其压缩包），最多 32 MB"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.gz,.zip"}),
    )  # fmt: skip
    day = forms.DateField(
        label=gettext_lazy("日期"), required=False, help_text=gettext_lazy("不填则以明细中的日期为准"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )  # fmt: skip
    once = forms.CharField(max_length=80, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        channel = self.fields["channel"]
        if isinstance(channel, forms.ChoiceField):
            channel.choices = [(name, label(PAYMENT_CHANNELS, name)) for name in STATEMENT_CHANNELS if is_set_up(name)]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > BYTES_MOST:
            raise forms.ValidationError(_("文件超过 %(n)d MB。") % {"n": BYTES_MOST >> 20})
        return file


@dataclass(frozen=True, slots=True)
class LineFilters(Asked):
    """What of a statement's lines is shown."""

    outcome: str = ""
    after: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "LineFilters":
        given = taken(query, cls.__slots__)
        return cls(given["outcome"] if given["outcome"] in (*OUTCOMES, "differing") else "", given["after"])

    def lines(self, statement: Statement) -> QuerySet[StatementLine]:
        found = statement.lines.select_related("part__refund", "charge").order_by("id")
        if self.outcome == "differing":
            return found.filter(outcome__in=DIFFERENCES)
        return found.filter(outcome=self.outcome) if self.outcome else found


@finance_door
def statements(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What was taken in, newest first; POST takes another one: the same file twice is once."""
    form, status = StatementForm(initial={"once": new_key()}), 200
    if request.method == "POST" and request.POST.get("act") == "fetch":
        return _fetch(request, actor)
    if request.method == "POST":
        form, status = StatementForm(request.POST, request.FILES), 422
        if form.is_valid():
            given, now = form.cleaned_data, clock.now()
            content, name = given["file"].read(), given["file"].name or ""

            def act() -> str:
                return str(take_in(content, channel=given["channel"], name=name, day=given["day"], by=actor.who, now=now).pk)

            try:
                number = once(given["once"], act, actor=actor, now=now)
            except Refused as no:
                form.add_error("file", no.sentence(language()))
                status = no.status
            else:
                messages.success(request, _("对账单已导入。"))
                return redirect(reverse("web:finance_channel_statement", args=[number]))
    asked = taken(request.GET, ("channel", "after"))
    after, found = asked["after"], queries.statements(channel=asked["channel"])
    if after.isascii() and after.isdigit() and len(after) < 19:
        found = found.filter(pk__lt=int(after))
    rows = list(found[: PAGE_SIZE + 1])
    more, rows = len(rows) > PAGE_SIZE, rows[:PAGE_SIZE]
    names = who_words({row.taken_by for row in rows})
    context = {
        "form": form, "rows": [{"row": row, "by": names.get(row.taken_by, row.taken_by), "differing": _differing(row)} for row in rows],
        "next": f"?after={rows[-1].pk}" if more else "", "first": "?" if after else "", "tab": "statements",
        "missing": [
            {"row": each, "why": half(dict(StatementFetch.OUTCOMES)[each.outcome]), "once": new_key()}
            for each in queries.troubled()[:PAGE_SIZE]
        ],
    }  # fmt: skip
    return finance_page(request, "statements", context, actor=actor, place="finance_reconciliation", status=status)


def _fetch(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A day that the channel would not tell is asked for now, once."""
    channel, day = request.POST.get("channel", "")[:40], day_of(request.POST.get("day", ""))
    if day is None:
        raise Http404("no such day")

    def act() -> str:
        return str(ask_fetch(channel, day))

    once(request.POST.get("once") or new_key(), act, actor=actor, now=clock.now())
    messages.success(request, _("已再次向渠道索取。"))
    return redirect(reverse("web:finance_channel_statements"))


@finance_door
def statement(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Its lines by what became of them."""
    found, filters = _found(number), LineFilters.of(request.GET)
    lines = filters.lines(found)
    if filters.after.isascii() and filters.after.isdigit() and len(filters.after) < 19:
        lines = lines.filter(pk__gt=int(filters.after))
    rows = list(lines[: PAGE_SIZE + 1])
    more, rows = len(rows) > PAGE_SIZE, rows[:PAGE_SIZE]
    work = dict(found.lines.filter(pk__in=[row.pk for row in rows], differences__isnull=False).values_list("pk", "differences"))
    told = queries.told(found)
    context = {
        "statement": found, "by": who_words({found.taken_by}).get(found.taken_by, found.taken_by), "told": told, "filters": filters,
        "outcomes": [
            {**each, "label": said(OUTCOMES[each["outcome"]]) if each["outcome"] else _("待匹配"), "kind": said(KINDS[each["kind"]]),
             "address": filters.address(outcome=each["outcome"], after=""), "bad": each["outcome"] in DIFFERENCES,
             "here": filters.outcome == each["outcome"] != ""}
            for each in told["outcomes"]
        ],
        "rows": [_line(row, work) for row in rows], "next": filters.address(after=str(rows[-1].pk)) if more else "",
        "first": filters.address(after="") if filters.after else "", "export": filters.address(after=""), "tab": "statements",
    }  # fmt: skip
    return finance_page(request, "statement", context, actor=actor, place="finance_reconciliation")


@finance_door
def statement_export(request: HttpRequest, actor: Actor, number: int, form: str) -> HttpResponseBase:
    """Its lines as a file, with what became of each."""
    columns = [
        Column(_("行"), "number", 8), Column(_("时间"), "instant", 20), Column(_("类别"), width=10), Column(_("渠道流水号"), width=30),
        Column(_("我方编号"), width=38), Column(_("金额"), "money", 14), Column(_("币种"), width=8), Column(_("结果"), width=20),
        Column(_("退款编号"), width=18), Column(_("付款单"), width=18), Column(_("摘要"), width=40),
    ]  # fmt: skip
    found = LineFilters.of(request.GET).lines(_found(number))
    return exported(f"statement-{number}", form, columns=columns, rows=_lines(found))


def _found(number: int) -> Statement:
    found = Statement.objects.filter(pk=number).first() if number < 2**63 else None
    if found is None:
        raise Http404("no such statement")
    return found


def _differing(row: Statement) -> int:
    return row.lines.filter(outcome__in=DIFFERENCES).count()


def _line(row: StatementLine, work: Mapping[int, int]) -> dict[str, Any]:
    return {
        "row": row, "kind": said(KINDS[row.kind]), "outcome": said(OUTCOMES[row.outcome]) if row.outcome else _("待匹配"),
        "tone": "bad" if row.outcome in DIFFERENCES else "good" if row.outcome == "matched" else "plain",
        "difference": work.get(row.pk, 0), "ours": row.part.refund.number if row.part else row.charge.number if row.charge else "",
    }  # fmt: skip


def _lines(found: QuerySet[StatementLine]) -> Iterator[list[Cell]]:
    for row in found[: ROWS_MAX + 1].iterator(chunk_size=2000):
        told = _line(row, {})
        yield [
            row.place, row.at, told["kind"], row.reference, str(row.key or ""), Money(row.amount_minor, row.currency).decimal, row.currency,
            told["outcome"], row.part.refund.number if row.part else "", row.charge.number if row.charge else "", row.text,
        ]  # fmt: skip
