"""What a spoiled share of fresh goods is worth: steps of the book, each with the part of the price that goes back (CON-06)."""

from shouhou.policy.terms import Terms

STEPS = 5


def has_ladder(category: str, terms: Terms) -> bool:
    """Whether goods of this kind are refunded by the share that is spoiled."""
    return terms.value("spoiled_ladder", category=category) is True


def step_of(percent: int, terms: Terms) -> int:
    """The step that this share falls into, 1 to 5."""
    return next((step for step in range(1, STEPS) if percent <= terms.number(f"spoiled_up_to_{step}")), STEPS)


def spoiled_amount(worth_minor: int, percent: int, terms: Terms) -> int:
    """That part of what was paid, rounded to the buyer's side."""
    return -(-worth_minor * terms.number(f"spoiled_refund_{step_of(percent, terms)}") // 100)


def table(terms: Terms) -> list[tuple[int | None, int]]:
    """The steps as rows: up to which share (None: above the last), and what part is refunded."""
    return [
        (terms.number(f"spoiled_up_to_{step}") if step < STEPS else None, terms.number(f"spoiled_refund_{step}"))
        for step in range(1, STEPS + 1)
    ]
