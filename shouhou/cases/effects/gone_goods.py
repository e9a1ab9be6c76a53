"""Goods are gone for good: what was bought with them ends, too, and its money goes back."""

from shouhou.cases.effects import on_top, plan_cover
from shouhou.cases.moving import Moving


def ended(moving: Moving) -> None:
    """Their plans, and what was paid on top for them in an exchange. Told twice is done once."""
    plan_cover.end_with_goods(moving)
    on_top.end_with_goods(moving)


def ended_at_once(moving: Moving) -> None:
    """Where no refund is waited for: it was paid before the goods came, or nothing of their price was left."""
    if moving.target in ("refunded", "collecting"):
        ended(moving)
