"""What a desk keeps for its conversations: the rota and the canned replies."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from shouhou.foundation.days import local_day
from shouhou.foundation.refusals import Refused
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.support.conversations.actions import add_duty, add_reply, end_duty, end_reply
from shouhou.support.conversations.actions.keeping import KEEPERS, REPLY_MOST, TITLE_MOST, NewDuty, keeper, weigh_reply
from shouhou.support.conversations.duty import people_of, staffed
from shouhou.support.conversations.models import Duty
from shouhou.support.conversations.rules.canned import VARIABLES
from shouhou.support.conversations.rules.topics import AGENTS, SHOP_PEOPLE, SKILLS, TOPICS
from shouhou.web.doors import staff_door
from shouhou.web.page import language, page, said
from shouhou.web.shared.once import new_key, once
from shouhou.web.staff.desk_lists import DAYS, DutyFilters, ReplyFilters, duties_page, frame, replies_page, shift_words
from shouhou.web.staff.talks import talker


class ReplyForm(forms.Form):
    once = forms.CharField(max_length=80, widget=forms.HiddenInput)
    title = forms.CharField(label=gettext_lazy("标题"), max_length=TITLE_MOST)
    topic = forms.ChoiceField(label=gettext_lazy("常用于"), required=False)
    text_zh = forms.CharField(label=gettext_lazy("中文内容"), max_length=REPLY_MOST, widget=forms.Textarea(attrs={"rows": 4}))
    text_en = forms.CharField(
        label=gettext_lazy("英文内容"), max_length=REPLY_MOST, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topic"].choices = [("", _("不限"))] + [(code, said(text)) for code, text in TOPICS.items()]  # type: ignore[attr-defined]


class DutyForm(forms.Form):
    once = forms.CharField(max_length=80, widget=forms.HiddenInput)
    person = forms.ChoiceField(label=gettext_lazy("人员"))
    weekdays = forms.MultipleChoiceField(label=gettext_lazy("星期"), widget=forms.CheckboxSelectMultiple)
    since = forms.TimeField(label=gettext_lazy("从"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    until = forms.TimeField(
        label=gettext_lazy("到"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=gettext_lazy("早于或等于开始时间的，到次日为止。"),
    )
    on_holidays = forms.BooleanField(label=gettext_lazy("法定节假日也值班"), required=False)
    skills = forms.MultipleChoiceField(
        label=gettext_lazy("技能组"), required=False, widget=forms.CheckboxSelectMultiple, help_text=gettext_lazy("不选为全部。")
    )
    first_day = forms.DateField(label=gettext_lazy("开始日期"), widget=forms.DateInput(attrs={"type": "date"}))
    last_day = forms.DateField(label=gettext_lazy("结束日期"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = people_of(actor.merchant_id, roles=SHOP_PEOPLE if actor.merchant_id is not None else AGENTS)
        self.fields["person"].choices = [  # type: ignore[attr-defined]
            (str(user.pk), user.get_full_name() or user.username) for user in people
        ]
        self.fields["weekdays"].choices = [(str(day), said(text)) for day, text in DAYS.items()]  # type: ignore[attr-defined]
        self.fields["skills"].choices = [(code, said(text)) for code, text in SKILLS.items()]  # type: ignore[attr-defined]


@staff_door
def replies(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The replies of this desk, and one more."""
    form, now = ReplyForm(request.POST or None, initial={"once": new_key()}), clock.now()
    filters = ReplyFilters.of(request.GET)
    found, following = replies_page(filters, talker(actor))
    if request.method == "POST":
        keeper(actor)
        if form.is_valid():
            given = form.cleaned_data
            wish = {name: given[name] for name in ("title", "text_zh", "text_en", "topic")}
            try:
                weigh_reply(**{name: wish[name] for name in ("title", "text_zh", "text_en")}, actor=actor, now=now)
                once(given["once"], lambda: str(add_reply(**wish, actor=actor, now=now)), actor=actor, now=now)
            except Refused as no:
                form.add_error(None, no.sentence(language()))
            else:
                messages.success(request, _("常用语已添加。"))
                return redirect("web:staff_replies")
    rows = [
        {"row": row, "once": new_key(), "topic": said(TOPICS[row.topic]) if row.topic in TOPICS else "",
         "shown": row.text_en if row.text_en and language() == "en" else row.text_zh}
        for row in found
    ]  # fmt: skip
    context = {
        **frame(filters, following), "topics": [(code, said(text)) for code, text in TOPICS.items()], "here": "talks",
        "rows": rows, "form": form, "keeper": actor.role in KEEPERS,
        "variables": [(f"{{{code}}}", said(text)) for code, text in VARIABLES.items()],
    }  # fmt: skip
    return page(request, "staff/replies.html", context, actor=actor, status=422 if form.errors else 200)


@require_POST
@staff_door
def reply_end(request: HttpRequest, actor: Actor, reply: int) -> HttpResponse:
    """No longer offered; the same form twice does it once."""
    now = clock.now()

    def act() -> str:
        end_reply(reply, actor=actor, now=now)
        return "ended"

    once(request.POST.get("once") or new_key(), act, actor=actor, now=now)
    messages.success(request, _("常用语已停用。"))
    return redirect("web:staff_replies")


@staff_door
def rota(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Who answers when, and one more shift."""
    now = clock.now()
    start = {"once": new_key(), "first_day": local_day(now).isoformat(), "since": "09:00", "until": "18:00", "weekdays": list("12345")}
    filters = DutyFilters.of(request.GET)
    found, following = duties_page(filters, talker(actor), now=now)
    form = DutyForm(request.POST or None, initial=start, actor=actor)
    if request.method == "POST":
        keeper(actor)
        if form.is_valid():
            given = form.cleaned_data
            wanted = NewDuty(
                int(given["person"]), [int(day) for day in given["weekdays"]], given["since"], given["until"], given["on_holidays"],
                given["skills"], given["first_day"], given["last_day"],
            )  # fmt: skip
            try:
                once(given["once"], lambda: str(add_duty(wanted, actor=actor, now=now)), actor=actor, now=now)
            except Refused as no:
                form.add_error(None, no.sentence(language()))
            else:
                messages.success(request, _("班次已添加。"))
                return redirect("web:staff_rota")
    context = {
        **frame(filters, following), "here": "talks", "form": form, "keeper": actor.role in KEEPERS,
        "rows": [{**shift_words(row), "once": new_key(), "over": _over(row, now)} for row in found],
        "kinds": [(code, said(text)) for code, text in SKILLS.items()],
        "skills": [{"label": said(text), "staffed": staffed(actor.merchant_id, skill=code, now=now)} for code, text in SKILLS.items()],
    }  # fmt: skip
    return page(request, "staff/rota.html", context, actor=actor, status=422 if form.errors else 200)


@require_POST
@staff_door
def duty_end(request: HttpRequest, actor: Actor, duty: int) -> HttpResponse:
    """From tomorrow on no more; the same form twice does it once."""
    now = clock.now()

    def act() -> str:
        end_duty(duty, actor=actor, now=now)
        return "ended"

    once(request.POST.get("once") or new_key(), act, actor=actor, now=now)
    messages.success(request, _("班次已停用。"))
    return redirect("web:staff_rota")


def _over(row: Duty, now: datetime) -> bool:
    """Nothing of it is left to end."""
    return not row.user.is_active or (row.last_day is not None and row.last_day < local_day(now))
