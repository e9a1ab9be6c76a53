"""What a person wrote to the insurer goes with the person; what was paid stays (L-19)."""

from datetime import datetime

from django.db import transaction

from shouhou.insurance.models import OPEN, FreightClaim


def open_claims_of(buyer_id: int) -> int:
    """How many claims the insurer has not decided."""
    return FreightClaim.objects.filter(buyer_id=buyer_id, state__in=OPEN).count()


@transaction.atomic
def erase_appeals_of(buyer_id: int, now: datetime) -> dict[str, int]:
    """The port of accounts' erasure: words of appeals, and the receipts, whose files the case erases."""
    found = FreightClaim.objects.select_for_update().filter(buyer_id=buyer_id, facts__has_any_keys=["appeal", "receipts"])
    erased = 0
    for claim in found:
        kept = {name: value for name, value in claim.facts.items() if name not in ("appeal", "receipts")}
        claim.facts, claim.updated_at = kept, now
        claim.save(update_fields=["facts", "updated_at"])
        erased += 1
    return {"freight_appeals": erased}
