"""Through which channels each kind of notice leaves, and the rooms of the staff in their chat."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from shouhou.foundation.refusals import Refused
from shouhou.foundation.workflow import Text
from shouhou.merchants.models import Merchant
from shouhou.notifications.actions import set_chain, set_up_room, switch_room
from shouhou.notifications.actions.preferring import mine
from shouhou.notifications.actions.rooms import NAME_MOST, Wanted
from shouhou.notifications.channels.im.addresses import ADDRESS_MOST, SERVICES
from shouhou.notifications.models import Room
from shouhou.notifications.readers import chain_of
from shouhou.notifications.rules.kinds import CHANNELS, KINDS
from shouhou.notifications.rules.rooms import HOUSE_KINDS, SHOP_KINDS
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.policy.queries import compiled
from shouhou.web.operations.door import operations_door, operations_page
from shouhou.web.page import language, said
from shouhou.web.shared.once import new_key, once, told

MERCHANTS_MOST = 500
LANGUAGES = {"zh-hans": Text("中文", "Chinese"), "en": Text("英文", "English")}
ORDERS = (("sms", "email"), ("email", "sms"), ("sms",), ("email",), ())
TERMS = (
    "notice_quiet_from_hour", "notice_quiet_until_hour", "notice_fallback_minutes", "notice_call_hours", "silence_hours", "progress_days",
)  # fmt: skip


class RoomForm(forms.Form):
    """A room; without a new address the old one stays."""

    once = forms.CharField(max_length=80, widget=forms.HiddenInput)
    name = forms.CharField(label=gettext_lazy("名称"), max_length=NAME_MOST)
    merchant = forms.ChoiceField(label=gettext_lazy("属于"), required=False)
    address = forms.CharField(
        label=gettext_lazy("机器人地址"), max_length=ADDRESS_MOST, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("从钉钉、企业微信、飞书、Lark 或 Slack 的群机器人复制。加签的钉钉机器人写作 dingtalk://密钥@令牌。保存后不再显示。"),
    )  # fmt: skip
    kinds = forms.MultipleChoiceField(label=gettext_lazy("通知哪些事"), widget=forms.CheckboxSelectMultiple)
    language = forms.ChoiceField(label=gettext_lazy("语言"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shops = [(row.code, row.name) for row in Merchant.objects.filter(active=True).order_by("code")[:MERCHANTS_MOST]]
        kinds = [kind for kind in KINDS if kind in {*HOUSE_KINDS, *SHOP_KINDS}]
        choices = {
            "merchant": [("", _("平台")), *shops], "kinds": [(kind, said(KINDS[kind].label)) for kind in kinds],
            "language": [(code, said(text)) for code, text in LANGUAGES.items()],
        }  # fmt: skip
        for name, each in choices.items():
            self.fields[name].choices = each  # type: ignore[attr-defined]


@operations_door
def ways(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Both lists, and the form for one more room."""
    return _shown(request, actor, _blank())


@require_POST
@operations_door
def chain(request: HttpRequest, actor: Actor, kind: str) -> HttpResponse:
    """Another order for one kind."""
    now, channels = clock.now(), [each for each in request.POST.get("channels", "").split(",") if each]

    def act() -> str:
        set_chain(kind, channels, actor=actor, now=now)
        return "done"

    once(request.POST.get("once") or new_key(), act, actor=actor, now=now)
    messages.success(request, _("渠道顺序已保存，从现在起生效。"))
    return redirect("web:ops_notice_ways")


@operations_door
def room(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """One room: changed, or looked at."""
    found = Room.objects.select_related("merchant").filter(pk=number).first()
    if found is None:
        raise Http404("no such room")
    initial = {
        "once": new_key(), "name": found.name, "merchant": found.merchant.code if found.merchant else "", "kinds": found.kinds,
        "language": found.language,
    }  # fmt: skip
    form = RoomForm(request.POST) if request.method == "POST" else RoomForm(initial=initial)
    if request.method == "POST" and _saved(request, actor, form, room_id=number):
        return redirect("web:ops_notice_ways")
    context = {"form": form, "room": _room(found), "once": new_key()}
    return operations_page(request, "notice_room", context, actor=actor, place="ops_notices", status=422 if form.errors else 200)


@require_POST
@operations_door
def new_room(request: HttpRequest, actor: Actor) -> HttpResponse:
    """One more room; the same form twice sets it up once."""
    form = RoomForm(request.POST)
    if _saved(request, actor, form, room_id=None):
        return redirect("web:ops_notice_ways")
    return _shown(request, actor, form, status=422)


@require_POST
@operations_door
def switch(request: HttpRequest, actor: Actor, number: int, deed: str) -> HttpResponse:
    """On or off."""
    if deed not in ("on", "off"):
        raise Http404("no such deed")
    now = clock.now()

    def act() -> str:
        switch_room(number, active=deed == "on", actor=actor, now=now)
        return "done"

    once(request.POST.get("once") or new_key(), act, actor=actor, now=now)
    messages.success(request, _("工作群已启用。") if deed == "on" else _("工作群已停用。"))
    return redirect("web:ops_notice_ways")


def _saved(request: HttpRequest, actor: Actor, form: RoomForm, *, room_id: int | None) -> bool:
    if not form.is_valid():
        return False
    now, given = clock.now(), form.cleaned_data
    wanted = Wanted(given["name"], given["address"], given["kinds"], given["language"], given["merchant"])
    try:
        once(given["once"], lambda: str(set_up_room(wanted, actor=actor, now=now, room_id=room_id)), actor=actor, now=now)
    except Refused as no:
        told(form, no)
        return False
    messages.success(request, _("工作群已保存。"))
    return True


def _shown(request: HttpRequest, actor: Actor, form: RoomForm, *, status: int = 200) -> HttpResponse:
    book = compiled()
    rooms = Room.objects.select_related("merchant").order_by("-active", "merchant__code", "name")
    context = {
        "form": form, "once": new_key(), "rooms": [_room(each) for each in rooms], "chains": [_chain(kind) for kind in mine(staff=False)],
        "terms": [(said(book.book.terms.terms[name].label), book.terms.number(name)) for name in TERMS],
    }  # fmt: skip
    return operations_page(request, "notice_ways", context, actor=actor, place="ops_notices", status=status)


def _chain(kind: str) -> dict[str, Any]:
    told, now = KINDS[kind], tuple(chain_of(KINDS[kind]))
    calls = kind == "act"
    orders = [order for order in ORDERS if order or not told.must]
    every = [*orders, *((*order, "call") for order in orders if order and calls)]
    return {
        "code": kind, "label": said(told.label), "what": said(told.what), "changed": now != tuple(told.chain),
        "orders": [(",".join(order), _words(order), order == now) for order in every],
    }  # fmt: skip


def _words(order: tuple[str, ...]) -> str:
    return " → ".join(said(CHANNELS[each]) for each in order) if order else _("只在站内")


def _room(room: Room) -> dict[str, Any]:
    comma = ", " if language() == "en" else "、"
    return {
        "row": room, "service": said(SERVICES[room.service].name), "shop": room.merchant.name if room.merchant else _("平台"),
        "kinds": comma.join(said(KINDS[kind].label) for kind in room.kinds if kind in KINDS), "once": new_key(),
    }  # fmt: skip


def _blank() -> RoomForm:
    return RoomForm(initial={"once": new_key(), "language": language(), "kinds": ["trouble"]})
