"""What a person wrote on work orders goes with the person (L-19)."""

from datetime import datetime

from shouhou.repairs.models import WorkOrder


def erase_symptoms_of(buyer_id: int, now: datetime) -> dict[str, int]:
    """The port of accounts' erasure: the symptoms as the buyer described them; what was done to the thing stays."""
    found = WorkOrder.objects.filter(buyer_id=buyer_id).exclude(symptom="")
    return {"repair_symptoms": found.update(symptom="", updated_at=now)}
