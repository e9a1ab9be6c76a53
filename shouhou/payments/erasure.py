"""What refunds say of a person in words, removed; amounts, tenders and states stay."""

from collections.abc import Callable, Sequence
from typing import Any

from shouhou.payments.models import BatchRow, OtherRoute, Refund, WantedRoute

# Somebody is owed something until a refund has one of the other states.
OPEN = ("awaiting_second", "pending", "partly_settled", "failed")


def open_money_of(buyer_id: int) -> int:
    """How many refunds are not with the buyer yet: also those that no open case stands behind (freight, a plan, a charge)."""
    return Refund.objects.filter(buyer=buyer_id, state__in=OPEN).values("subject").distinct().count()


def erase_words_of(buyer_id: int, plain: Callable[[str], str]) -> int:
    """Put the notes of a buyer's deductions through `plain`, forget other accounts of theirs; answers how many rows that changed."""
    changed = []
    for refund in Refund.objects.filter(buyer=buyer_id).exclude(deductions=[], stands=None):
        deductions, stands = _plain(refund.deductions, plain), refund.stands
        if stands is not None:
            stands = {**stands, "deductions": _plain(stands["deductions"], plain)}
        if (deductions, stands) != (refund.deductions, refund.stands):
            refund.deductions, refund.stands = deductions, stands
            changed.append(refund)
    Refund.objects.bulk_update(changed, ["deductions", "stands"])
    # Where else somebody was paid: the amounts, the bank's references and who let it go stay.
    known = OtherRoute.objects.filter(refund__buyer=buyer_id).exclude(consent="–")
    routes = known.update(payee="–", bank="", account="–", consent="–", call_note="")
    wishes = WantedRoute.objects.filter(buyer=buyer_id).exclude(consent="–")
    routes += wishes.update(payee="–", bank="", account="", consent="–", call_note="")
    over = BatchRow.objects.filter(refund__buyer=buyer_id).exclude(state="waiting").exclude(payee="–")
    paid = over.update(payee="–", bank="", account="–")
    return len(changed) + routes + paid


def _plain(cuts: Sequence[dict[str, Any]], plain: Callable[[str], str]) -> list[dict[str, Any]]:
    return [{**cut, "note": plain(cut["note"])} for cut in cuts]
