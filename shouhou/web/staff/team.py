"""The team's pages: who has how much to do, shifts swapped, training, quality checks."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from shouhou.foundation.days import local_day
from shouhou.foundation.refusals import Refused
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.support.conversations.duty import duties_of
from shouhou.support.teams.access import checks_of, courses_of, keeps, me, swaps_of, team
from shouhou.support.teams.actions import (
    NewCourse,
    Wish,
    add_course,
    add_training,
    answer_swap,
    ask_swap,
    decide_swap,
    draw_checks,
    end_course,
    note_check,
    reply_to_check,
    withdraw_swap,
)
from shouhou.support.teams.actions.checking import NOTE_MOST, REPLY_MOST
from shouhou.support.teams.actions.swapping import REASON_MOST
from shouhou.support.teams.queries import courses_with_holders, quality
from shouhou.support.teams.rules.quality import DIMENSIONS, GRADES, SAMPLE
from shouhou.support.teams.rules.skills import GROUPS, SUBJECTS
from shouhou.web.page import language, page, said
from shouhou.web.shared.once import DONE as REDIRECT
from shouhou.web.shared.once import done, new_key, once
from shouhou.web.staff.desk_lists import shift_words
from shouhou.web.staff.team_lists import (
    DONE,
    HERE,
    OPEN,
    VALID,
    CheckFilters,
    SwapFilters,
    TeamFilters,
    TrainingFilters,
    check_words,
    checks_found,
    course_title,
    frame,
    load_words,
    month_or_none,
    name_of,
    paged,
    people_found,
    swap_words,
    swaps_found,
    tabs,
    team_door,
    training_words,
    trainings_found,
)

DAY = forms.DateInput(attrs={"type": "date"})


class SwapForm(forms.Form):
    once = forms.CharField(max_length=80, widget=forms.HiddenInput)
    duty = forms.ChoiceField(label=gettext_lazy("哪个班次"))
    day = forms.DateField(label=gettext_lazy("哪一天"), widget=DAY)
    colleague = forms.ChoiceField(label=gettext_lazy("替班同事"))
    back = forms.ChoiceField(label=gettext_lazy("换回对方的班次"), required=False, help_text=gettext_lazy("只请人替班时不选。"))
    back_day = forms.DateField(label=gettext_lazy("换回哪一天"), required=False, widget=DAY)
    reason = forms.CharField(label=gettext_lazy("原因"), max_length=REASON_MOST, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, actor: Actor, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own, every = me(actor), duties_of(actor.merchant_id, now=now)
        labels = {row.pk: _shift(row) for row in every}
        mine = [(str(row.pk), labels[row.pk]) for row in every if keeps(actor) or row.user_id == own]
        theirs = [(str(row.pk), labels[row.pk]) for row in every if keeps(actor) or row.user_id != own]
        people = [(str(user.pk), name_of(user)) for user in team(actor) if keeps(actor) or user.pk != own]
        for name, choices in (("duty", mine), ("colleague", people), ("back", [("", _("不换回")), *theirs])):
            self.fields[name].choices = choices  # type: ignore[attr-defined]


class CourseForm(forms.Form):
    once = forms.CharField(max_length=80, widget=forms.HiddenInput)
    title_zh = forms.CharField(label=gettext_lazy("课程名称"), max_length=80)
    title_en = forms.CharField(label=gettext_lazy("英文名称"), max_length=80, required=False)
    subject = forms.ChoiceField(label=gettext_lazy("内容"))
    groups = forms.MultipleChoiceField(
        label=gettext_lazy("接单必需"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("勾选后，没有有效证书的人不会被派到这类商品的工单。"),
    )
    pass_score = forms.IntegerField(label=gettext_lazy("合格分"), min_value=0, max_value=100, initial=80)
    valid_months = forms.IntegerField(label=gettext_lazy("有效月数"), min_value=1, max_value=60, initial=12)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["subject"].choices = [(code, said(text)) for code, text in SUBJECTS.items()]  # type: ignore[attr-defined]
        self.fields["groups"].choices = [(code, said(text)) for code, text in GROUPS.items()]  # type: ignore[attr-defined]


class TrainingForm(forms.Form):
    once = forms.CharField(max_length=80, widget=forms.HiddenInput)
    course = forms.ChoiceField(label=gettext_lazy("课程"))
    person = forms.ChoiceField(label=gettext_lazy("人员"))
    taken_on = forms.DateField(label=gettext_lazy("日期"), widget=DAY)
    score = forms.IntegerField(label=gettext_lazy("成绩"), min_value=0, max_value=100)
    note = forms.CharField(label=gettext_lazy("培训记录"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        courses = [(str(row.pk), course_title(row)) for row in courses_of(actor).filter(active=True).order_by("title_zh")]
        people = [(str(user.pk), name_of(user)) for user in team(actor) if user.pk != me(actor)]
        for name, choices in (("course", courses), ("person", people)):
            self.fields[name].choices = choices  # type: ignore[attr-defined]


class CheckForm(forms.Form):
    once = forms.CharField(max_length=80, widget=forms.HiddenInput)
    note = forms.CharField(label=gettext_lazy("说明"), max_length=NOTE_MOST, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(grade), f"{grade} {said(text)}") for grade, text in GRADES.items()]
        for name, text in DIMENSIONS.items():
            self.fields[name] = forms.ChoiceField(label=said(text), choices=choices, widget=forms.RadioSelect)
        self.order_fields(["once", *DIMENSIONS, "note"])


class ReplyForm(forms.Form):
    once = forms.CharField(max_length=80, widget=forms.HiddenInput)
    text = forms.CharField(label=gettext_lazy("我的说明"), max_length=REPLY_MOST, widget=forms.Textarea(attrs={"rows": 3}))


@team_door
def people(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Who is here, what lies with whom, and who is not trained for what."""
    filters, now = TeamFilters.of(request.GET), clock.now()
    rows = [load_words(row) for row in people_found(filters, actor, now=now)]
    most = max((each["row"].cases for each in rows), default=0) or 1
    context = {
        **frame(filters, HERE), "here": "team", "tabs": tabs(actor, "team"),
        "rows": [{**each, "percent": round(100 * each["row"].cases / most)} for each in rows],
    }  # fmt: skip
    return page(request, "staff/team.html", context, actor=actor)


@team_door
def swaps(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Who stands in for whom, and asking for it."""
    filters, now, status = SwapFilters.of(request.GET), clock.now(), 200
    form = SwapForm(request.POST or None, initial={"once": new_key(), "day": local_day(now).isoformat()}, actor=actor, now=now)
    if request.method == "POST":

        def act() -> str:
            given = form.cleaned_data
            back = int(given["back"]) if given["back"] else None
            wish = Wish(int(given["duty"]), given["day"], int(given["colleague"]), given["reason"], back, given["back_day"])
            return str(ask_swap(wish, actor=actor, now=now))

        status = done(form, act, actor=actor, now=now)
        if status == REDIRECT:
            messages.success(request, _("已发给同事，等对方答复。"))
            return redirect("web:team_swaps")
    rows, following = paged(swaps_found(filters, actor), filters.after)
    context = {
        **frame(filters, OPEN, following), "here": "team", "tabs": tabs(actor, "team_swaps"), "form": form,
        "may_ask": actor.role != "auditor",
        "rows": [{**swap_words(row, actor, now=now), "once": new_key()} for row in rows],
    }  # fmt: skip
    return page(request, "staff/team_swaps.html", context, actor=actor, status=status)


@require_POST
@team_door
def swap_change(request: HttpRequest, actor: Actor, swap: int, deed: str) -> HttpResponse:
    """agree | decline by the colleague, approve | refuse by whoever keeps the desk, withdraw by who asked."""
    now, answer = clock.now(), request.POST.get("answer", "")
    if not swaps_of(actor).filter(pk=swap).exists():
        raise Http404("no such swap")

    def act() -> str:
        if deed in ("agree", "decline"):
            answer_swap(swap, deed == "agree", answer, actor=actor, now=now)
        elif deed in ("approve", "refuse"):
            decide_swap(swap, deed == "approve", answer, actor=actor, now=now)
        elif deed == "withdraw":
            withdraw_swap(swap, actor=actor, now=now)
        else:
            raise Http404("no such deed")
        return deed

    try:
        once(request.POST.get("once") or new_key(), act, actor=actor, now=now)
    except Refused as no:
        first = no.errors[0] if no.errors else None
        words = no.sentence(language()) if first is None else first.en if language() == "en" else first.zh
        messages.error(request, words)
    else:
        messages.success(request, _("已记录。"))
    return redirect("web:team_swaps")


@team_door
def training(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Who has passed what and until when; courses and records are added by whoever keeps the desk."""
    filters, now, status = TrainingFilters.of(request.GET), clock.now(), 200
    posted = request.POST if request.method == "POST" else None
    course = CourseForm(posted if posted and posted.get("form") == "course" else None, initial={"once": new_key()}, auto_id="c_%s")
    taken = TrainingForm(
        posted if posted and posted.get("form") == "training" else None, actor=actor, auto_id="t_%s",
        initial={"once": new_key(), "taken_on": local_day(now).isoformat()},
    )  # fmt: skip
    if course.is_bound or taken.is_bound:
        form, act = (course, lambda: _course(course, actor, now)) if course.is_bound else (taken, lambda: _training(taken, actor, now))
        status = done(form, act, actor=actor, now=now)
        if status == REDIRECT:
            messages.success(request, _("已记录。"))
            return redirect("web:team_training")
    rows, following = paged(trainings_found(filters, actor, now=now), filters.after)
    courses = courses_with_holders(courses_of(actor).filter(active=True), now=now).order_by("title_zh")
    context = {
        **frame(filters, VALID, following), "here": "team", "tabs": tabs(actor, "team_training"), "course_form": course,
        "training_form": taken, "keeper": keeps(actor), "rows": [training_words(row, now=now) for row in rows],
        "courses": [
            {"row": row, "title": course_title(row), "subject": said(SUBJECTS[row.subject]), "once": new_key(),
             "groups": _("、").join(said(GROUPS[code]) for code in row.groups if code in GROUPS)}
            for row in courses
        ],
    }  # fmt: skip
    return page(request, "staff/team_training.html", context, actor=actor, status=status)


@require_POST
@team_door
def course_end(request: HttpRequest, actor: Actor, course: int) -> HttpResponse:
    """No longer asked of anybody; its records stay."""
    now = clock.now()

    def act() -> str:
        end_course(course, actor=actor, now=now)
        return "ended"

    once(request.POST.get("once") or new_key(), act, actor=actor, now=now)
    messages.success(request, _("课程已停用，已有记录保留。"))
    return redirect("web:team_training")


@team_door
def checks(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What is drawn and how it came out, by person and month; drawing anew adds what the month has brought since."""
    filters, now = CheckFilters.of(request.GET), clock.now()
    month = month_or_none(filters.month) or local_day(now).replace(day=1)
    if request.method == "POST":
        wanted = month_or_none(request.POST.get("month", "")) or month
        try:
            added = once(
                request.POST.get("once") or new_key(), lambda: str(draw_checks(wanted, actor=actor, now=now)), actor=actor, now=now
            )
        except Refused as no:
            messages.error(request, no.sentence(language()))
        else:
            messages.success(request, _("已抽取 %(n)s 项。") % {"n": added})
        return redirect(f"{request.path}?month={wanted:%Y-%m}")
    rows, following = paged(checks_found(filters, actor), filters.after)
    people_ = [
        {"name": name_of(each.user), "drawn": each.drawn, "done": each.done, "whole": each.whole,
         "means": [{"label": said(DIMENSIONS[name]), "mean": value} for name, value in each.means.items()]}
        for each in quality(month, actor=actor)
    ]  # fmt: skip
    context = {
        **frame(filters, DONE, following), "here": "team", "tabs": tabs(actor, "team_checks"), "rows": [check_words(row) for row in rows],
        "people": people_, "month": f"{month:%Y-%m}", "this_month": f"{local_day(now):%Y-%m}", "keeper": keeps(actor), "sample": SAMPLE,
        "dimensions": [said(text) for text in DIMENSIONS.values()], "once": new_key(), "looker": actor.role == "auditor" or keeps(actor),
    }  # fmt: skip
    return page(request, "staff/team_checks.html", context, actor=actor)


@team_door
def check(request: HttpRequest, actor: Actor, key: int) -> HttpResponse:
    """One check: what it is about, the scores, what the person says to it."""
    found, now, status = checks_of(actor).filter(pk=key).first(), clock.now(), 200
    if found is None:
        raise Http404("no such check")
    scoring = keeps(actor) and found.state == "open" and found.user_id != me(actor)
    replying = found.state == "done" and found.user_id == me(actor) and not found.reply
    form: forms.Form | None = None
    if scoring or replying:
        kind = CheckForm if scoring else ReplyForm
        form = kind(request.POST or None, initial={"once": new_key()})
    if request.method == "POST":
        if form is None:
            return redirect("web:team_check", key)
        given = form

        def act() -> str:
            data = given.cleaned_data
            if scoring:
                note_check(key, {name: int(data[name]) for name in DIMENSIONS}, data["note"], actor=actor, now=now)
            else:
                reply_to_check(key, data["text"], actor=actor, now=now)
            return "done"

        status = done(form, act, actor=actor, now=now)
        if status == REDIRECT:
            messages.success(request, _("已记录。"))
            return redirect("web:team_check", key)
    context = {
        "here": "team", "tabs": tabs(actor, "team_checks"), **check_words(found), "form": form, "scoring": scoring,
        "dimensions": [form[name] for name in DIMENSIONS] if form is not None and scoring else [],
    }  # fmt: skip
    return page(request, "staff/team_check.html", context, actor=actor, status=status)


def _course(form: forms.Form, actor: Actor, now: datetime) -> str:
    given = form.cleaned_data
    names = ("title_zh", "title_en", "subject", "groups", "pass_score", "valid_months")
    return str(add_course(NewCourse(**{name: given[name] for name in names}), actor=actor, now=now))


def _training(form: forms.Form, actor: Actor, now: datetime) -> str:
    given = form.cleaned_data
    course, person = int(given["course"]), int(given["person"])
    return str(add_training(course, person, given["taken_on"], given["score"], given["note"], actor=actor, now=now))


def _shift(row: Any) -> str:
    words = shift_words(row)
    return f"{words['name']} · {words['days']} · {words['hours']}"
