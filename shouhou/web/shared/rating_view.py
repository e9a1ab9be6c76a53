"""A rating in words, as staff and the buyer read it."""

from typing import Any

from shouhou.cases.models import Rating
from shouhou.cases.rating import BY_CODE, GRADES, reason_labels
from shouhou.web.page import said


def rating_words(rating: Rating | None) -> dict[str, Any]:
    """`grade` and `reasons`, each with the tone that its sign stands beside; empty without a rating."""
    if rating is None:
        return {}
    return {
        "grade": said(GRADES[rating.grade]),
        "reasons": [
            {"label": said(words), "tone": "good" if code in BY_CODE and BY_CODE[code].praise else "bad"}
            for code, words in zip(rating.reasons, reason_labels(rating.reasons), strict=True)
        ],
    }  # fmt: skip
