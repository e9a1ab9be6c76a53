"""Money that is only written down, as paid outside a channel or otherwise than told: above the limit two people say so (REV-05)."""

from collections.abc import Sequence
from datetime import datetime

from shouhou.foundation.refusals import refused
from shouhou.orders.models import Order
from shouhou.payments.models import Refund, RefundAttempt, RefundPart
from shouhou.payments.refusals import SECOND_PERSON_NEEDED
from shouhou.plumbing.actor import Actor
from shouhou.policy.queries import compiled

PROPOSED = "proposed"


def agreed(
    refund: Refund, parts: Sequence[RefundPart], *, kind: str, what: str, amount_minor: int, actor: Actor, now: datetime
) -> str | None:  # fmt: skip
    """Who said the same before ("" where one person is enough); None: `actor` is the first, and what they say is kept.

    Anything that happens to the parts in between makes it a first word again. Raises Refused SECOND_PERSON_NEEDED.
    """
    if not is_first_word(refund, parts, kind=kind, what=what, amount_minor=amount_minor):
        first = proposed(parts, kind=kind)
        if first is not None and first == (actor.who, what) and amount_minor > limit_of(refund):
            raise refused(SECOND_PERSON_NEEDED)
        return first[0] if first else ""
    for part in parts:
        RefundAttempt.objects.create(
            part=part, kind=kind, outcome=PROPOSED, detail=f"{actor.who}: {what}"[:300], started_at=now, ended_at=now
        )
    return None


def is_first_word(refund: Refund, parts: Sequence[RefundPart], *, kind: str, what: str, amount_minor: int) -> bool:
    """Whether this would only be kept, for somebody else to say again."""
    first = proposed(parts, kind=kind)
    return amount_minor > limit_of(refund) and (first is None or first[1] != what)


def proposed(parts: Sequence[RefundPart], *, kind: str = "") -> tuple[str, str] | None:
    """Who has said what of the first of these parts, if nothing has happened to it since."""
    last = RefundAttempt.objects.filter(part=parts[0]).order_by("-id").first() if parts else None
    if last is None or last.outcome != PROPOSED or (kind and last.kind != kind):
        return None
    who, _, what = last.detail.partition(": ")
    return who, what


def limit_of(refund: Refund) -> int:
    """The amount above which the order's own policy asks for a second person, in the refund's currency."""
    book, version = Order.objects.values_list("book", "book_version").get(id=refund.order_id)
    return compiled(book, version).terms.within(refund.currency).number("second_person_above")
