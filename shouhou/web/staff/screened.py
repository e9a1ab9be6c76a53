"""What of one's own words was blocked or flagged, and the appeal against it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouhou.conduct.appeals import WORDS_MOST, appeal_screened, mine
from shouhou.conduct.library import lexicon
from shouhou.conduct.models import Screened
from shouhou.conduct.rules import ACTIONS
from shouhou.foundation.ids import is_case_number
from shouhou.foundation.refusals import NOT_FOUND, refused
from shouhou.foundation.workflow import Text
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.paging import decode_cursor, encode_cursor
from shouhou.web.doors import staff_door
from shouhou.web.page import page, said
from shouhou.web.shared.once import DONE, done, new_key
from shouhou.web.staff.talks import talker

PAGE_SIZE = 20
VERDICTS = {
    "": Text("申诉待裁决", "Appeal under way"), "granted": Text("申诉成立：系误判", "Appeal granted: a false alarm"),
    "refused": Text("申诉驳回：判定有效", "Appeal refused: the rule was right"),
}  # fmt: skip


class AppealForm(forms.Form):
    """Why the rule is wrong about these words."""

    once = forms.CharField(max_length=80, widget=forms.HiddenInput)
    text = forms.CharField(
        label=gettext_lazy("为什么是误判"), max_length=WORDS_MOST, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("由另一位平台同事裁决，结果会通知您；每条只能申诉一次。"),
    )  # fmt: skip


@staff_door
def screened(request: HttpRequest, actor: Actor) -> HttpResponse:
    """One's own, the newest first."""
    found, after = mine(talker(actor)), request.GET.get("after", "")
    if after:
        found = found.filter(pk__lt=decode_cursor(after, int)[0])
    rows = list(found[: PAGE_SIZE + 1])
    more, rows = len(rows) > PAGE_SIZE, rows[:PAGE_SIZE]
    context = {
        "rows": [screened_words(row) for row in rows], "next": f"?after={encode_cursor(rows[-1].pk)}" if more else "",
        "first": "?" if after else "", "here": "talks",
    }  # fmt: skip
    return page(request, "staff/screened.html", context, actor=actor)


@staff_door
def appeal(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """The form of an appeal, and what came of it; the same form twice appeals once."""
    row, now = mine(talker(actor)).filter(pk=number).first(), clock.now()
    if row is None:
        raise refused(NOT_FOUND)
    form, status = AppealForm(initial={"once": new_key()}), 200
    if request.method == "POST":
        form = AppealForm(request.POST)
        status = done(form, lambda: str(appeal_screened(number, form.cleaned_data["text"], actor=actor, now=now)), actor=actor, now=now)
        if status == DONE:
            messages.success(request, _("申诉已提交，由另一位平台同事裁决。"))
            return redirect("web:staff_screened_one", number)
    context = {"each": screened_words(row), "form": form, "here": "talks"}
    return page(request, "staff/screened_one.html", context, actor=actor, status=status)


def screened_words(row: Screened) -> dict[str, Any]:
    """What was held to which rules, what came of it, and its appeal."""
    codes, asked = lexicon(row.lexicon).codes, getattr(row, "appeal", None)
    return {
        "row": row, "verdict": said(ACTIONS[row.verdict]), "tone": "bad" if row.verdict == "block" else "wait",
        "why": [(code, said(codes[code].label)) for code in row.codes if code in codes], "appeal": asked,
        "outcome": said(VERDICTS[asked.verdict]) if asked else "", "may_appeal": asked is None and row.reviewed != "cleared",
        "outcome_tone": {"": "wait", "granted": "good", "refused": "bad"}[asked.verdict] if asked else "",
        "talk": row.subject.startswith("TK-"), "case": is_case_number(row.subject),
        "about": row.subject.removeprefix("reply:"), "reply": row.subject.startswith("reply:"),
    }  # fmt: skip
