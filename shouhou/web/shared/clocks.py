"""Clocks and breaches as pages show them, at the shop's own console and at operations' desk."""

import hashlib
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, ClassVar, Self

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouhou.cases.workflows import move_named
from shouhou.foundation.money import Money
from shouhou.foundation.workflow import Text
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.uploads import PICTURES, take_upload
from shouhou.policy.queries import compiled
from shouhou.sla.access import appeal_files_of
from shouhou.sla.models import Appeal, Breach
from shouhou.sla.queries.board import BoardFilter, BoardRow, Tally, board_counts, board_page, board_stream, tallies
from shouhou.sla.queries.breaches import BreachFilter, breaches, late_seconds, narrow
from shouhou.sla.rules.kinds import KINDS, PARTIES
from shouhou.web.labels import role_label, service_label
from shouhou.web.page import said
from shouhou.web.shared.asked import Asked
from shouhou.web.shared.export import Cell, Column
from shouhou.web.shared.moves import ACCEPT, FILES_MAX, FilesField, FilesInput

PAGE_SIZE, CHUNK, TALLIES_MOST = 40, 500, 30
VIEWS = {
    "": Text("24 小时内到期", "Due within 24 h"), "overdue": Text("超时未完成", "Overdue, not done"),
    "late": Text("今日超时", "Missed today"), "met": Text("今日按时", "Kept today"),
}  # fmt: skip
STATES = {
    "": Text("全部", "All"), "standing": Text("成立", "Standing"), "appealed": Text("申诉中", "Appealed"),
    "struck": Text("已撤销", "Struck"), "missing": Text("缺少处罚表", "No penalty table"),
}  # fmt: skip
TONES = {"standing": "bad", "appealed": "turn", "struck": "plain"}
BY = {"merchant": Text("按商家", "By shop"), "team": Text("按团队", "By team"), "kind": Text("按时限", "By clock")}


@dataclass(frozen=True, slots=True)
class BoardAsked(Asked):
    """What the address of the board asks for; unknown words ask for nothing."""

    view: str = ""
    merchant: str = ""
    team: str = ""
    kind: str = ""
    after: str = ""

    KNOWN: ClassVar[Mapping[str, Container[str]]] = {"view": VIEWS, "kind": KINDS}

    def narrowed(self) -> BoardFilter:
        return BoardFilter(self.view or "soon", self.merchant, self.team, self.kind)


@dataclass(frozen=True, slots=True)
class BreachAsked(Asked):
    """What the address of a list of breaches asks for."""

    state: str = ""
    merchant: str = ""
    kind: str = ""
    party: str = ""
    month: str = ""
    after: str = ""

    KNOWN: ClassVar[Mapping[str, Container[str]]] = {"state": STATES, "kind": KINDS, "party": PARTIES}

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Self:
        found = super(BreachAsked, cls).of(query)
        return found if _month(found.month) else replace(found, month="")

    def narrowed(self) -> BreachFilter:
        return BreachFilter(self.state, self.merchant, self.kind, self.party, _month(self.month))


class AppealForm(forms.Form):
    """Why a breach or a measure should not stand."""

    use_required_attribute = False
    once = forms.CharField(max_length=80, widget=forms.HiddenInput)
    text = forms.CharField(
        label=gettext_lazy("申诉理由"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("写明原因和经过，最多 1000 字。"),
    )  # fmt: skip
    proofs = FilesField(
        label=gettext_lazy("凭证"), required=False, widget=FilesInput(attrs={"accept": ACCEPT}),
        help_text=gettext_lazy("照片、视频或 PDF，最多 9 份。"),
    )  # fmt: skip


class VerdictForm(forms.Form):
    """What the platform decides about an appeal."""

    use_required_attribute = False
    once = forms.CharField(max_length=80, widget=forms.HiddenInput)
    verdict = forms.ChoiceField(label=gettext_lazy("裁决"))
    reasons = forms.CharField(
        label=gettext_lazy("理由"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}), help_text=gettext_lazy("会告知商家。")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["verdict"].choices = [("granted", _("申诉成立")), ("refused", _("驳回申诉"))]  # type: ignore[attr-defined]


def board(asked: BoardAsked, *, actor: Actor, now: datetime, door: str, shown: str | None = None) -> dict[str, Any] | None:
    """One page of the board with its counts, at the "ops_" or "merchant_" door; None where `shown` is the token of just this state."""
    rows, following = board_page(asked.narrowed(), actor=actor, now=now, after=asked.after, limit=PAGE_SIZE)
    counts, house = board_counts(actor=actor, now=now), door == "ops_"
    token = hashlib.sha256(repr((rows, following, counts)).encode()).hexdigest()[:20]
    if shown == token:
        return None
    totals = {name: sum(each.many for each in counts if each.view == name) for name in ("soon", "overdue", "late", "met")}
    return {
        "breach_address": f"web:{door}breach", "export_address": f"web:{door}clocks_export",
        "refresh": f"{reverse(f'web:{door}clocks')}{asked.address()}&live={token}",
        "filters": asked, "rows": [row_words(row, now=now) for row in rows], "house": house,
        "views": [
            {
                "code": view or "soon", "label": said(label), "address": asked.address(view=view, after=""),
                "count": totals[view or "soon"], "here": asked.view == view,
            }
            for view, label in VIEWS.items()
        ],
        "tables": [
            {"by": name, "label": said(BY[name]), "rows": [_tally(name, row, asked) for row in tallies(name, counts)[:TALLIES_MOST]]}
            for name in (BY if house else ("kind",))
        ],
        "kinds": kind_choices(asked.kind), "first": asked.address(after="") if asked.after else "",
        "next": asked.address(after=following) if following else "", "export": asked.address(after=""), "now": now,
    }  # fmt: skip


def board_columns() -> list[Column]:
    return [
        Column(_("时限种类"), width=24), Column(_("售后单"), width=18), Column(_("服务"), width=12), Column(_("商家"), width=20),
        Column(_("负责"), width=14), Column(_("开始"), "instant", 20), Column(_("截止"), "instant", 20), Column(_("结束"), "instant", 20),
        Column(_("违约编号"), width=18),
    ]  # fmt: skip


def board_cells(asked: BoardAsked, *, actor: Actor, now: datetime, most: int) -> Iterator[list[Cell]]:
    for row in board_stream(asked.narrowed(), actor=actor, now=now, most=most):
        words = row_words(row, now=now)
        yield [
            words["kind"], row.case, words["service"], row.merchant_name, words["team"], row.started_at, row.due_at, row.at, row.breach,
        ]  # fmt: skip


def row_words(row: BoardRow, *, now: datetime) -> dict[str, Any]:
    return {
        "row": row, "kind": kind_words(row.kind), "team": team_words(row.team, row.party),
        "service": service_label(row.service) if row.service else "", "late": row.due_at < now and row.at is None,
    }  # fmt: skip


def breach_list(asked: BreachAsked, *, actor: Actor, now: datetime, house: bool) -> dict[str, Any]:
    """One page of breaches, its views and its pager."""
    rows, following = breaches(asked.narrowed(), actor=actor, after=asked.after, limit=PAGE_SIZE)
    return {
        "filters": asked, "rows": [breach_words(row, now=now) for row in rows], "house": house, "kinds": kind_choices(asked.kind),
        "parties": [("", _("不限"), not asked.party), *((code, said(text), code == asked.party) for code, text in PARTIES.items())],
        "views": [
            {"label": said(label), "address": asked.address(state=state, after=""), "count": "", "here": asked.state == state}
            for state, label in STATES.items() if house or state != "missing"
        ],
        "first": asked.address(after="") if asked.after else "", "next": asked.address(after=following) if following else "",
        "export": asked.address(after=""),
    }  # fmt: skip


def clock_tabs(names: Sequence[tuple[str, str]], door: str, here: str) -> list[dict[str, Any]]:
    """The pages of the clocks beside each other; `door` begins the names of their addresses."""
    return [{"label": label, "address": reverse(f"web:{door}{name}"), "here": name == here, "count": ""} for name, label in names]


def proofs(form: forms.Form, *, actor: Actor, now: datetime) -> list[str]:
    """The files of an appeal, kept; their tokens."""
    return [take_upload(file, name=file.name or "", actor=actor, now=now).token for file in form.cleaned_data["proofs"][:FILES_MAX]]


def clause_words(code: str) -> str:
    """Where a kind of clock comes from: the clause, or the book's own words for its term."""
    clause = KINDS[code].clause if code in KINDS else ""
    return said(compiled().terms.terms[clause].label) if clause in compiled().terms.terms else clause


def breach_words(row: Breach, *, now: datetime) -> dict[str, Any]:
    late = late_seconds(row, now=now)
    move = move_named(row.service, row.consequence) if row.consequence else None
    return {
        "row": row, "kind": kind_words(row.kind), "clause": clause_words(row.kind),
        "team": team_words(row.team, row.party) if row.team else said(PARTIES[row.party]), "party": said(PARTIES[row.party]),
        "state": said(STATES[row.state]), "tone": TONES[row.state], "late_hours": late // 3600, "late_minutes": late % 3600 // 60,
        "late_seconds": late % 60, "still": row.settled_at is None and row.month is None,
        "consequence": said(move.says) if move and move.says else "", "service": service_label(row.service) if row.service else "",
        "case": row.case.number if row.case else "", "amount": Money(row.amount_minor).decimal if row.amount_minor else None,
        "month": f"{row.month:%Y-%m}" if row.month else "", "appeal_open": now <= row.appeal_until,
    }  # fmt: skip


def breach_columns() -> list[Column]:
    return [
        Column(_("违约编号"), width=18), Column(_("时限种类"), width=24), Column(_("依据"), width=16), Column(_("商家"), width=20),
        Column(_("负责"), width=14), Column(_("售后单"), width=18), Column(_("截止"), "instant", 20), Column(_("记录时间"), "instant", 20),
        Column(_("完成时间"), "instant", 20), Column(_("超时分钟"), "number", 10), Column(_("自动后果"), width=30),
        Column(_("状态"), width=10), Column(_("积分"), "number", 8), Column(_("金额（元）"), "money", 12),
        Column(_("缺少处罚表"), width=10),
    ]  # fmt: skip


def breach_cells(asked: BreachAsked, *, actor: Actor, now: datetime) -> Iterator[list[Cell]]:
    rows = narrow(asked.narrowed(), actor=actor).order_by("-recorded_at", "-pk")
    for row in rows.iterator(chunk_size=CHUNK):
        words = breach_words(row, now=now)
        yield [
            row.number, words["kind"], words["clause"], row.merchant.name if row.merchant else _("平台"), words["team"], words["case"],
            row.due_at, row.recorded_at, row.settled_at, late_seconds(row, now=now) // 60, words["consequence"], words["state"],
            row.points, Money(row.amount_minor).decimal, _("是") if row.table_missing else "",
        ]  # fmt: skip


def appeal_words(appeal: Appeal | None, *, actor: Actor) -> dict[str, Any]:
    """The appeal with its evidence and what was decided, or nothing."""
    if appeal is None:
        return {"appeal": None, "files": []}
    files = [
        {"token": each.upload.token, "name": each.upload.name or each.upload.token[:8], "image": each.upload.content_type in PICTURES}
        for each in appeal_files_of(actor).filter(appeal=appeal).order_by("pk")
    ]
    verdicts = {"granted": (_("申诉成立"), "good"), "refused": (_("驳回申诉"), "bad"), "": (_("待裁决"), "turn")}
    words, tone = verdicts[appeal.verdict]
    return {"appeal": appeal, "files": files, "verdict": words, "verdict_tone": tone}


def kind_words(code: str) -> str:
    return said(KINDS[code].label) if code in KINDS else code


def team_words(team: str, party: str) -> str:
    return said(PARTIES["shop"]) if party == "shop" else role_label(team)


def kind_choices(chosen: str) -> list[tuple[str, str, bool]]:
    return [("", _("不限"), not chosen), *((code, said(kind.label), code == chosen) for code, kind in KINDS.items())]


def _tally(by: str, row: Tally, asked: BoardAsked) -> dict[str, Any]:
    label = kind_words(row.code) if by == "kind" else role_label(row.code) if by == "team" else row.name or _("平台")
    chosen = getattr(asked, by)
    return {"row": row, "label": label, "address": asked.address(after="", **{by: row.code}), "here": bool(chosen) and chosen == row.code}


def _month(text: str) -> date | None:
    try:
        return date.fromisoformat(f"{text}-01") if text else None
    except ValueError:
        return None
