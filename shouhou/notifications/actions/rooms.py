"""Rooms of the staff in their chat: set up, tried out, switched off; and what is told to them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from shouhou.foundation.refusals import FORBIDDEN, NOT_FOUND, FieldError, refusal, refused
from shouhou.merchants.models import Merchant
from shouhou.notifications.actions.laying import About, Words, to_room
from shouhou.notifications.channels.im.addresses import NotAllowed, read_address
from shouhou.notifications.letter import last_link
from shouhou.notifications.models import Room
from shouhou.notifications.rules.kinds import KINDS, kind_of
from shouhou.notifications.rules.rooms import HOUSE_KINDS, SHOP_KINDS, hears
from shouhou.plumbing import audit
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.masking import mask_text

KEEPERS = ("operations",)
ROOMS_MOST, NAME_MOST = 100, 60
ROOM_INVALID = refusal("ROOM_INVALID", "invalid", zh="工作群的设置有误。", en="The room cannot be set up like this.")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A room as its form has it; `merchant` is a shop's code or "" for the house; an empty `address` keeps the old one."""

    name: str
    address: str
    kinds: Sequence[str]
    language: str = "zh-hans"
    merchant: str = ""


@transaction.atomic
def set_up_room(wanted: Wanted, *, actor: Actor, now: datetime, room_id: int | None = None) -> int:
    """A new room, or a changed one. Raises FORBIDDEN, NOT_FOUND, ROOM_INVALID."""
    _may(actor)
    name = wanted.name.replace("\x00", "").strip()
    if not 1 <= len(name) <= NAME_MOST:
        raise refused(ROOM_INVALID, FieldError("name", f"请填写 1 到 {NAME_MOST} 字。", f"Write 1 to {NAME_MOST} characters."))
    shop = Merchant.objects.filter(code=wanted.merchant).first() if wanted.merchant else None
    if wanted.merchant and shop is None:
        raise refused(ROOM_INVALID, FieldError("merchant", "没有这家店铺。", "There is no such shop."))
    allowed = SHOP_KINDS if shop else HOUSE_KINDS
    kinds = [kind for kind in KINDS if kind in wanted.kinds]
    if not kinds or not set(kinds) <= set(allowed):
        names = "、".join(KINDS[kind].label.zh for kind in allowed), ", ".join(KINDS[kind].label.en for kind in allowed)
        raise refused(ROOM_INVALID, FieldError("kinds", f"请从中选择：{names[0]}。", f"Choose from: {names[1]}."))
    room = _room(room_id) if room_id is not None else Room(by=actor.who, created_at=now)
    if wanted.address or room_id is None:
        try:
            room.service = read_address(wanted.address)
        except NotAllowed as no:
            raise refused(ROOM_INVALID, FieldError("address", no.why.zh, no.why.en)) from no
        room.address = wanted.address.strip()
    if Room.objects.filter(name=name, merchant=shop).exclude(pk=room.pk).exists():
        raise refused(ROOM_INVALID, FieldError("name", "已有同名的工作群。", "There is a room of that name."))
    if room_id is None and Room.objects.count() >= ROOMS_MOST:
        raise refused(ROOM_INVALID, FieldError("name", f"最多 {ROOMS_MOST} 个工作群。", f"At most {ROOMS_MOST} rooms."))
    room.name, room.merchant, room.kinds = name, shop, kinds
    room.language = "en" if wanted.language == "en" else "zh-hans"
    room.save()
    # The address is a secret: the log names the room and the service alone.
    audit.note(actor, what="notice_room.set", subject=room.name, detail=f"{room.service} {' '.join(kinds)}", now=now)
    return int(room.pk)


@transaction.atomic
def switch_room(room_id: int, *, active: bool, actor: Actor, now: datetime) -> None:
    """On or off; what waits for a room that is off is skipped. Raises FORBIDDEN, NOT_FOUND."""
    _may(actor)
    room = _room(room_id)
    if room.active != active:
        Room.objects.filter(pk=room.pk).update(active=active)
        audit.note(actor, what="notice_room.switched", subject=room.name, detail="on" if active else "off", now=now)


def tell_rooms(
    what: About, *, template: str, merchant: Merchant | None, now: datetime, words: Callable[[str], Words], waits_on: str = ""
) -> int:  # fmt: skip
    """Say it in every room that hears of it: one line and where to look, nothing that belongs to a buyer."""
    kind, new = kind_of(template).code, 0
    third = merchant is not None and merchant.channel == "third"
    for room in Room.objects.filter(active=True).order_by("id"):
        of_shop = room.merchant_id is not None
        if of_shop and (merchant is None or room.merchant_id != merchant.pk):
            continue
        if hears(kinds=room.kinds, kind=kind, template=template, of_shop=of_shop, third=third, waits_on=waits_on):
            said = words(room.language)
            line = Words(mask_text(said.title), last_link(said.body))
            new += to_room(what, room, line, template=template, now=now)
    return new


def _may(actor: Actor) -> None:
    if actor.role not in KEEPERS or actor.merchant_id is not None:
        raise refused(FORBIDDEN)


def _room(room_id: int) -> Room:
    room = Room.objects.select_for_update(of=("self",)).filter(pk=room_id).first()
    if room is None:
        raise refused(NOT_FOUND)
    return room
