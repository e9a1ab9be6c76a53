"""What a quality check scores, and what its scores come to (CDT-16, CDT-17, CDT-19). Pure."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from hashlib import sha256

from shouhou.foundation.workflow import Text

# In the order of the form.
DIMENSIONS: Mapping[str, Text] = {
    "friendliness": Text("友善", "Friendly"), "patience": Text("耐心", "Patient"), "professionalism": Text("专业", "Professional"),
    "warmth": Text("热情细心", "Warm and attentive"), "accuracy": Text("方案准确", "The right solution"),
}  # fmt: skip
GRADES: Mapping[int, Text] = {
    5: Text("很好", "very good"), 4: Text("好", "good"), 3: Text("合格", "fair"), 2: Text("欠缺", "weak"), 1: Text("差", "poor"),
}  # fmt: skip
# At or below this a reason is owed.
WEAK = 2
# Of each person's cases and conversations in a month.
SAMPLE = 20


def drawn(numbers: Iterable[str], *, month: str, many: int) -> list[str]:
    """The sample: as good as drawn by lot, and the same whenever it is drawn for that month."""
    return sorted(numbers, key=lambda number: sha256(f"{month}:{number}".encode()).digest())[: max(0, many)]


def weak(scores: Mapping[str, int]) -> list[str]:
    """The dimensions that need words."""
    return [name for name in DIMENSIONS if scores.get(name, WEAK + 1) <= WEAK]


def mean(scores: Sequence[int]) -> Decimal | None:
    """To one place, half up; None of nothing."""
    if not scores:
        return None
    return (Decimal(sum(scores)) / len(scores)).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
