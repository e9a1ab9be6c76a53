"""What the pages themselves write: half-filled applications, kept until they are sent."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from shouhou.cases.actions import Application, open_case
from shouhou.foundation.refusals import refusal, refused
from shouhou.orders.models import Order
from shouhou.plumbing.actor import Actor
from shouhou.web.models import Draft

FIELDS_MAX = 400
VALUES_MAX = 200
VALUE_LENGTH_MAX = 2000
Fields = Mapping[str, Sequence[str]]
DRAFT_GONE = refusal(
    "DRAFT_GONE", "conflict",
    zh="这份申请已经提交或已被放弃。", en="This application was already sent or dropped.",
)  # fmt: skip
DRAFT_CHANGED = refusal(
    "DRAFT_CHANGED", "conflict",
    zh="申请内容在您确认之后有改动，请再核对一遍。", en="The application changed after you looked at it. Check it once more.",
)  # fmt: skip


def keep_draft(order: Order, fields: Fields, *, buyer_id: int, now: datetime) -> Draft:
    """The half-filled application of this buyer on this order becomes `fields`; cut to what a form can hold."""
    bounded = {
        name[:80]: [value.replace("\x00", "")[:VALUE_LENGTH_MAX] for value in list(values)[:VALUES_MAX]]
        for name, values in list(fields.items())[:FIELDS_MAX]
    }
    with transaction.atomic():
        draft, _made = Draft.objects.update_or_create(
            buyer_id=buyer_id, order=order, defaults={"fields": bounded, "updated_at": now}
        )
    return draft


def drop_draft(order: Order, *, buyer_id: int) -> None:
    """Forget the half-filled application; files nobody attaches are erased with the others."""
    with transaction.atomic():
        Draft.objects.filter(buyer_id=buyer_id, order=order).delete()


def send_draft(
    order: Order, *, seal: Callable[[Fields], str], seen: str, application: Callable[[Fields], Application | None],
    actor: Actor, now: datetime, language: str,
) -> str:  # fmt: skip
    """Open the case that the draft describes and forget the draft; answers the case's number.

    `seen` is the seal of what the buyer has looked at. Raises DRAFT_GONE, DRAFT_CHANGED and what open_case refuses.
    """
    with transaction.atomic():
        draft = Draft.objects.select_for_update().filter(buyer_id=actor.buyer_id or 0, order=order).first()
        if draft is None:
            raise refused(DRAFT_GONE)
        wish = application(draft.fields) if seal(draft.fields) == seen else None
        if wish is None:
            raise refused(DRAFT_CHANGED)
        number = str(open_case(wish, actor=actor, now=now, language=language)["number"])
        draft.delete()
    return number


def erase_drafts_of(buyer_id: int, now: datetime) -> dict[str, int]:
    """A person's half-filled applications go with the person (L-19)."""
    with transaction.atomic():
        return {"drafts": Draft.objects.filter(buyer_id=buyer_id).delete()[0]}
