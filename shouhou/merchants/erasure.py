"""What shops wrote down about a person goes with the person (L-19)."""

from datetime import datetime

from shouhou.merchants.models import Note


def erase_notes_of(buyer_id: int, now: datetime) -> dict[str, int]:
    """The port of accounts' erasure: every shop's notes about the buyer and their orders."""
    return {"shop_notes": Note.objects.filter(buyer=buyer_id).delete()[0]}
