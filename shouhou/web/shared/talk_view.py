"""A conversation as a page shows it: what was said, read and handed on, in the reader's words; and the form to say more."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouhou.foundation.workflow import Text
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.masking import mask_name
from shouhou.support.conversations.actions.saying import FILES_MOST, TEXT_MOST
from shouhou.support.conversations.models import Conversation, Reading, Said
from shouhou.support.conversations.queries import here_now, readings, said_list
from shouhou.support.conversations.rules.topics import DESKS, SIDES, SKILLS, TOPICS, side_of
from shouhou.web.page import language, said
from shouhou.web.shared.moves import ACCEPT, FilesField, FilesInput
from shouhou.web.shared.once import new_key

AUDIENCES = {
    "all": Text("所有人可见", "Everybody sees it"), "staff": Text("仅商家与平台可见", "Only the shop and the house see it"),
    "house": Text("仅平台可见", "Only the house sees it"),
}  # fmt: skip
READERS_OF = {"all": ("consumer", "shop", "house"), "staff": ("shop", "house"), "house": ("house",)}
YOU = Text("我", "Me")


class SayForm(forms.Form):
    """A message with its files; who may read it is asked of staff only."""

    once = forms.CharField(max_length=80, widget=forms.HiddenInput)
    text = forms.CharField(label=gettext_lazy("消息"), max_length=TEXT_MOST, widget=forms.Textarea(attrs={"rows": 2, "data-say": ""}))
    photos = FilesField(label=gettext_lazy("附上照片或文件"), required=False, widget=FilesInput(attrs={"accept": ACCEPT}))


class StaffSayForm(SayForm):
    audience = forms.ChoiceField(label=gettext_lazy("谁能看到"), initial="all")

    def __init__(self, *args: Any, talk: Conversation, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = ["all", *(["staff"] if talk.with_shop else []), *(["house"] if actor.merchant_id is None else [])]
        self.fields["audience"].choices = [(code, said(AUDIENCES[code])) for code in codes]  # type: ignore[attr-defined]


def fresh(form: type[SayForm] = SayForm, **more: Any) -> SayForm:
    """An empty one with a new key."""
    return form(initial={"once": new_key(), **more.pop("initial", {})}, **more)


def live(talk: Conversation, actor: Actor, *, now: datetime, known: int = 0) -> dict[str, Any]:
    """The part that changes by itself: everything said, who has read it, who is here; `told` is what is new since `known`."""
    rows, read = said_list(talk, actor=actor), readings(talk)
    side = side_of(actor.role, shop=actor.merchant_id is not None)
    entries = [entry(row, actor, side=side, read=read) for row in rows]
    door = "talk" if side == "consumer" else "staff_talk"
    last = rows[-1].pk if rows else 0
    return {
        "talk": talk, "entries": entries, "last": last,
        "told": [each for each in entries if known and each["id"] > known and not each["mine"]],
        "news": f"{reverse(f'web:{door}_news', args=[talk.number])}?token={talk.version}&last={last}",
        "again": reverse(f"web:{door}", args=[talk.number]), "watching": _here(talk, actor, now=now),
        "state": state_words(talk, side), "tone": state_tone(talk, side), "files_most": FILES_MOST,
    }  # fmt: skip


def entry(row: Said, actor: Actor, *, side: str, read: Iterable[Reading]) -> dict[str, Any]:
    """One thing that was said."""
    mine = row.who == actor.who or (row.side == side == "consumer")
    readers = READERS_OF[row.audience]
    seen = sorted({each.side for each in read if each.read_id >= row.pk and each.side != row.side and each.side in readers})
    return {
        "id": row.pk, "kind": row.kind, "mine": mine, "who": _who(row, side, mine=mine), "at": row.at,
        "text": row.text_en if row.text_en and language() == "en" else row.text,
        "audience": said(AUDIENCES[row.audience]) if row.audience != "all" else "", "flagged": row.verdict == "flag" and side != "consumer",
        "codes": row.codes, "read": _read(seen, side) if mine and row.kind in ("message", "note") else "",
        "files": [
            {"token": each.upload.token, "name": each.upload.name, "image": each.upload.content_type.startswith("image/")}
            for each in row.files.all() if each.upload.erased_at is None
        ],
    }  # fmt: skip


def state_words(talk: Conversation, side: str) -> str:
    """Where it stands, as this side says it."""
    if talk.closed_at is not None:
        return _("已结束")
    if talk.waits_on == "staff":
        return _("等待客服回复") if side == "consumer" else _("等待回复")
    return _("客服已回复") if side == "consumer" else _("等待消费者")


def state_tone(talk: Conversation, side: str) -> str:
    if talk.closed_at is not None:
        return "plain"
    return ("wait" if side == "consumer" else "turn") if talk.waits_on == "staff" else ("turn" if side == "consumer" else "plain")


def row_words(talk: Conversation, actor: Actor) -> dict[str, Any]:
    """A conversation as a list shows it; people are masked there."""
    side = side_of(actor.role, shop=actor.merchant_id is not None)
    holder = talk.assigned_to
    return {
        "talk": talk, "topic": said(TOPICS[talk.topic]), "state": state_words(talk, side), "tone": state_tone(talk, side),
        "desk": said(DESKS[talk.desk]), "skill": said(SKILLS[talk.skill]), "buyer": mask_name(talk.buyer.name),
        "holder": (holder.get_full_name() or holder.username) if holder else "",
        "mine": holder is not None and actor.who == f"user:{holder.pk}",
        "unread": talk.unread_buyer_since is not None if side == "consumer" else talk.unread_staff_since is not None,
    }  # fmt: skip


def select(name: str, label: str, options: Mapping[str, Text], chosen: str) -> dict[str, Any]:
    """One drop-down of a filter bar; the empty choice first."""
    rows = [("", _("不限"), not chosen), *((code, said(text), code == chosen) for code, text in options.items())]
    return {"name": name, "label": label, "options": rows}


def _who(row: Said, reader: str, *, mine: bool) -> str:
    if mine:
        return said(YOU)
    if row.side == "system":
        return said(SIDES["system"])
    if reader == "consumer":
        return said(SIDES[row.side])
    return f"{said(SIDES[row.side])} {row.name}".strip()


def _read(seen: Sequence[str], side: str) -> str:
    """Which of the others have read it."""
    if side == "consumer":
        return _("已读") if seen else ""
    return _("已读：%(who)s") % {"who": _("、").join(said(SIDES[each]) for each in seen if each in SIDES)} if seen else ""


def _here(talk: Conversation, actor: Actor, *, now: datetime) -> str:
    """Who else has it open now, for staff."""
    if actor.role in ("consumer", "shop"):
        return ""
    others = [row for row in here_now(talk, now=now) if row.who != actor.who and row.side in SIDES]
    return _("、").join(said(SIDES[row.side]) if row.side == "consumer" else row.name or said(SIDES[row.side]) for row in others)
