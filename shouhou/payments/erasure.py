"""What refunds say of a person in words, removed; amounts, tenders and states stay."""

from collections.abc import Callable

from shouhou.payments.models import Refund


def erase_words_of(buyer_id: int, plain: Callable[[str], str]) -> int:
    """Put the notes of a buyer's deductions through `plain`; answers how many refunds that changed."""
    changed = []
    for refund in Refund.objects.filter(buyer=buyer_id).exclude(deductions=[]):
        deductions = [{**cut, "note": plain(cut["note"])} for cut in refund.deductions]
        if deductions != refund.deductions:
            refund.deductions = deductions
            changed.append(refund)
    Refund.objects.bulk_update(changed, ["deductions"])
    return len(changed)
