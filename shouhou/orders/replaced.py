"""Goods that were replaced: quality windows and warranty count anew from the day the replacement arrived (L-12, EXG-06)."""

from collections.abc import Sequence
from datetime import date

from shouhou.orders.models import OrderLine


def record_replacement(lines: Sequence[int], *, on: date) -> None:
    """The replacement for units of these lines (ids) arrived `on`; called in the caller's transaction."""
    OrderLine.objects.filter(id__in=lines).update(replaced_on=on)
