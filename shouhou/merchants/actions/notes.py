"""What a shop's people write down for each other about an order or its buyer."""

from datetime import datetime

from django.db import transaction

from shouhou.foundation.refusals import FORBIDDEN, NOT_FOUND, refusal, refused
from shouhou.merchants.models import Note
from shouhou.plumbing.actor import Actor

NOTE_MAX = 1000
NOTES_MAX = 200
WRITERS = frozenset({"merchant_operator", "merchant_manager"})
NOTE_EMPTY = refusal("NOTE_EMPTY", "invalid", zh="请写 1 到 {most} 字。", en="Write 1 to {most} characters.")
NOTES_FULL = refusal(
    "NOTES_FULL", "conflict", zh="这里已有 {most} 条备注，请先撤回旧的。", en="There are {most} notes already. Withdraw an old one."
)


def write_note(text: str, *, buyer_id: int, order: str, actor: Actor, now: datetime) -> int:
    """The note's id. `order` empty: it is about the buyer in all their orders at this shop.

    The caller has found order and buyer through its access function. Raises FORBIDDEN, NOTE_EMPTY, NOTES_FULL.
    """
    if actor.role not in WRITERS or actor.merchant_id is None:
        raise refused(FORBIDDEN)
    text = text.replace("\x00", "").strip()
    if not 1 <= len(text) <= NOTE_MAX:
        raise refused(NOTE_EMPTY, most=NOTE_MAX)
    with transaction.atomic():
        beside = Note.objects.filter(merchant_id=actor.merchant_id, buyer_id=buyer_id, order=order, withdrawn_at=None)
        if beside.count() >= NOTES_MAX:
            raise refused(NOTES_FULL, most=NOTES_MAX)
        made = Note.objects.create(
            merchant_id=actor.merchant_id, buyer_id=buyer_id, order=order, text=text, by=actor.who, name=actor.name[:120], at=now
        )
        return made.pk


def withdraw_note(note_id: int, *, actor: Actor, now: datetime) -> None:
    """Nobody sees it any more: one's own, or as the shop's manager anybody's. Raises FORBIDDEN, NOT_FOUND."""
    with transaction.atomic():
        note = Note.objects.select_for_update().filter(pk=note_id, merchant_id=actor.merchant_id or 0).first()
        if note is None:
            raise refused(NOT_FOUND)
        if note.by != actor.who and actor.role != "merchant_manager":
            raise refused(FORBIDDEN)
        if note.withdrawn_at is None:
            note.withdrawn_at = now
            note.save(update_fields=["withdrawn_at"])
