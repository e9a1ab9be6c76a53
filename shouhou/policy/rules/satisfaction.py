"""Monthly satisfaction of a merchant or team: compared unrounded, nobody asked is not assessable (MER-07, MER-08)."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """`score` in per cent, rounded for display only; `result` is pass, fail or not_assessable."""

    score: Decimal | None
    result: str


def satisfaction(*, very: int, ok: int, total: int, threshold_percent: int) -> Satisfaction:
    if total <= 0:
        return Satisfaction(None, "not_assessable")
    score = (Decimal(100 * (very + ok)) / total).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return Satisfaction(score, "pass" if 100 * (very + ok) >= threshold_percent * total else "fail")
