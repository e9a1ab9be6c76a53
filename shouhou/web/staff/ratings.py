"""Ratings as the shop and the house read them: all of them, answered publicly, hidden only where the words are unlawful."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouhou.cases.models import Rating
from shouhou.cases.rating import GRADES
from shouhou.cases.workflows import WORKFLOWS
from shouhou.foundation.refusals import Refused
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.support.satisfaction.access import rating_for
from shouhou.support.satisfaction.actions import ANSWER_MOST, NOTE_MOST, answer_rating, hide_comment, show_comment
from shouhou.support.satisfaction.queries import RatingFilter, month_of, narrow, ratings
from shouhou.support.satisfaction.rules.outcomes import HIDDEN_FOR, HIDERS, IMPROVERS, SHOP_PEOPLE
from shouhou.web.labels import service_label
from shouhou.web.page import page, said
from shouhou.web.shared.asked import Asked
from shouhou.web.shared.export import Column, exported
from shouhou.web.shared.once import told
from shouhou.web.shared.rating_view import rating_words
from shouhou.web.staff.satisfaction import reader_door, tabs

CHUNK = 500
TONES = {5: "good", 4: "good", 3: "plain", 2: "bad", 1: "bad"}


@dataclass(frozen=True, slots=True)
class Filters(Asked):
    """What the address of the list asks for."""

    grade: str = ""
    service: str = ""
    month: str = ""
    merchant: str = ""
    shown: str = ""
    after: str = ""

    KNOWN: ClassVar[Mapping[str, Container[str]]] = {"grade": frozenset("12345"), "service": WORKFLOWS}

    @property
    def narrowed(self) -> RatingFilter:
        return RatingFilter(
            merchant=self.merchant, grade=int(self.grade or 0), service=self.service, words=self.shown == "words",
            month=month_of(self.month, now=clock.now()) if self.month else None, unanswered=self.shown == "unanswered",
        )  # fmt: skip


class AnswerForm(forms.Form):
    """The same words twice are said once, so it needs no key of its own."""

    text = forms.CharField(
        label=gettext_lazy("公开回复"), max_length=ANSWER_MOST, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("所有人可见；不要写消费者的姓名、电话和订单号。"),
    )  # fmt: skip


class HideForm(forms.Form):
    ground = forms.ChoiceField(label=gettext_lazy("屏蔽理由"))
    note = forms.CharField(label=gettext_lazy("说明"), max_length=NOTE_MOST)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ground"].choices = [(code, said(text)) for code, text in HIDDEN_FOR.items()]  # type: ignore[attr-defined]


@reader_door
def listed(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The newest first."""
    filters = Filters.of(request.GET)
    rows, following = ratings(filters.narrowed, actor=actor, after=filters.after)
    shown = (("", _("全部")), ("words", _("有文字")), ("unanswered", _("未回复")))
    context = {
        "here": "satisfaction", "tabs": tabs(actor, "ratings"), "filters": filters, "rows": [words_of(row) for row in rows],
        "views": [
            {"label": label, "address": filters.address(shown=code, after=""), "here": filters.shown == code} for code, label in shown
        ],
        "grades": [(str(grade), said(text)) for grade, text in GRADES.items()],
        "services": [(each.service, said(each.label)) for each in WORKFLOWS.values()],
        "next": filters.address(after=following) if following else "", "first": filters.address(after="") if filters.after else "",
        "export": filters.address(after=""),
    }  # fmt: skip
    return page(request, "staff/ratings.html", context, actor=actor)


@reader_door
def export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """ratings.csv or .xlsx."""
    columns = [
        Column(_("售后单号"), width=18), Column(_("服务"), width=14), Column(_("商家"), width=24), Column(_("分值"), "number", 8),
        Column(_("满意度"), width=14), Column(_("原因"), width=30), Column(_("评价内容"), width=50), Column(_("公开回复"), width=50),
        Column(_("评价时间"), "instant", 20), Column(_("修改于"), "instant", 20),
    ]  # fmt: skip
    rows = narrow(Filters.of(request.GET).narrowed, actor=actor).order_by("-at", "-pk").iterator(chunk_size=CHUNK)
    cells = (
        (each["case"].number, each["service"], each["shop"], each["row"].grade, each["grade"],
         _("、").join(reason["label"] for reason in each["reasons"]), each["text"], each["answer"].text if each["answer"] else "",
         each["row"].at, each["row"].amended_at)
        for each in map(words_of, rows)
    )  # fmt: skip
    return exported("ratings", form, columns=columns, rows=cells)


@reader_door
def rating(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """One rating: its case, the public answer, and hiding unlawful words."""
    found, now = rating_for(actor, number), clock.now()
    answer = getattr(found.case, "rating_answer", None)
    forms_: dict[str, Any] = {
        "answer_form": AnswerForm(initial={"text": answer.text if answer else ""}), "hide_form": HideForm(),
    }  # fmt: skip
    status = 200
    if request.method == "POST":
        deed = request.POST.get("deed", "")
        form: forms.Form = HideForm(request.POST) if deed == "hide" else AnswerForm(request.POST)
        try:
            if deed == "show":
                show_comment(found.case.number, actor=actor)
                return redirect("web:rating_staff", found.case.number)
            if form.is_valid():
                given = form.cleaned_data
                if deed == "hide":
                    hide_comment(found.case.number, given["ground"], given["note"], actor=actor, now=now)
                else:
                    answer_rating(found.case.number, given["text"], actor=actor, now=now)
                messages.success(request, _("已保存。"))
                return redirect("web:rating_staff", found.case.number)
        except Refused as no:
            told(form, no)
        forms_["hide_form" if deed == "hide" else "answer_form"], status = form, 422
    third = found.case.merchant is not None and found.case.merchant.channel == "third"
    context = {
        "here": "satisfaction", "tabs": tabs(actor, "ratings"), **words_of(found), **forms_,
        "may_answer": actor.role in (SHOP_PEOPLE if third else IMPROVERS | SHOP_PEOPLE),
        "may_hide": actor.role in HIDERS and actor.merchant_id is None and bool(found.text),
    }  # fmt: skip
    return page(request, "staff/rating.html", context, actor=actor, status=status)


def words_of(row: Rating) -> dict[str, Any]:
    """A rating in words; hidden ones without theirs, and saying so."""
    hidden = getattr(row.case, "hidden_comment", None)
    return {
        **rating_words(row), "row": row, "case": row.case, "service": service_label(row.case.service), "tone": TONES[row.grade],
        "shop": row.case.merchant.name if row.case.merchant else _("平台"), "answer": getattr(row.case, "rating_answer", None),
        "hidden": said(HIDDEN_FOR[hidden.ground]) if hidden else "", "text": "" if hidden else row.text,
        "follow_up": getattr(row.case, "follow_up", None),
    }  # fmt: skip
