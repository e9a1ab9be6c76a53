"""Cases of a suspended shop go to the house: those that are open, and those that are applied for meanwhile."""

from datetime import datetime

from django.db import transaction

from shouhou.cases.taking_over import take_over
from shouhou.sla.access import is_suspended
from shouhou.sla.models import Suspension


def take_new(merchant_id: int, *, now: datetime) -> int:
    """Applied for while the shop is suspended: the house has it, too. Returns how many; nothing for every other shop."""
    if not is_suspended(merchant_id):
        return 0
    with transaction.atomic():
        held = Suspension.objects.select_for_update().filter(merchant_id=merchant_id, state="ordered").first()
        if held is None:
            return 0
        numbers = take_over(merchant_id, held.number, now=now)
        if numbers:
            Suspension.objects.filter(pk=held.pk).update(taken=[*held.taken, *numbers])
        return len(numbers)
