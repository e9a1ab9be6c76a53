"""What a rating may say besides its grade: reasons to tick, each with the grades it goes with (SAT-01, SAT-05, SAT-06)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shouhou.cases.refusals import ANSWERS_INVALID
from shouhou.cases.rows import CaseRow
from shouhou.foundation.refusals import FieldError, refused
from shouhou.foundation.workflow import Text
from shouhou.policy.queries import compiled

GRADES: dict[int, Text] = {
    5: Text("非常满意", "Very satisfied"), 4: Text("满意", "Satisfied"), 3: Text("一般", "Neither"),
    2: Text("不满意", "Dissatisfied"), 1: Text("非常不满意", "Very dissatisfied"),
}  # fmt: skip
PRAISE, BLAME = frozenset({5, 4, 3}), frozenset({4, 3, 2, 1})
REASONS_MOST = 8
RATED_STATES = frozenset({"refunded", "closed"})


@dataclass(frozen=True, slots=True)
class RatingReason:
    """A reason to tick; `grades` are those with which it makes sense."""

    code: str
    label: Text
    grades: frozenset[int]

    @property
    def praise(self) -> bool:
        return 5 in self.grades


REASONS: tuple[RatingReason, ...] = (
    RatingReason("fast", Text("处理快", "quick"), PRAISE),
    RatingReason("clear", Text("说得清楚", "well explained"), PRAISE),
    RatingReason("easy", Text("退货方便", "easy to send back"), PRAISE),
    RatingReason("paid", Text("退款及时", "money came in time"), PRAISE),
    RatingReason("kind", Text("态度好", "friendly"), PRAISE),
    RatingReason("slow", Text("处理慢", "slow"), BLAME),
    RatingReason("unclear", Text("说不清楚", "badly explained"), BLAME),
    RatingReason("hard", Text("退货麻烦", "hard to send back"), BLAME),
    RatingReason("late", Text("退款慢", "money came late"), BLAME),
    RatingReason("rude", Text("态度不好", "unfriendly"), BLAME),
    RatingReason("unfair", Text("结果不公平", "the outcome is unfair"), BLAME),
)
BY_CODE = {reason.code: reason for reason in REASONS}


def rated_until(case: CaseRow) -> datetime | None:
    """The last instant at which the case can be rated, by its own book; None while it is open or never got that far."""
    ended = case.resolved_at or case.closed_at
    if case.status not in RATED_STATES or ended is None:
        return None
    return ended + timedelta(days=compiled(case.book, case.book_version).terms.number("rating_days"))


def fitting(reasons: Sequence[str], *, grade: int) -> list[str]:
    """The reasons in their own order, each once. Raises ANSWERS_INVALID for one that is unknown or contradicts the grade."""
    wanted = set(reasons)
    if wanted - BY_CODE.keys():
        raise refused(ANSWERS_INVALID, FieldError("reasons", "没有这个评价理由。", "There is no such reason."))
    wrong = [BY_CODE[code] for code in BY_CODE if code in wanted and grade not in BY_CODE[code].grades]
    if wrong:
        zh, en = "、".join(each.label.zh for each in wrong), ", ".join(each.label.en for each in wrong)
        given = GRADES[grade]
        sentence = f"“{zh}”与“{given.zh}”不符，请改选。", f"“{en}” does not go with “{given.en}”: choose again."
        raise refused(ANSWERS_INVALID, FieldError("reasons", *sentence))
    found = [code for code in BY_CODE if code in wanted]
    if len(found) > REASONS_MOST:
        raise refused(ANSWERS_INVALID, FieldError("reasons", f"最多选 {REASONS_MOST} 个。", f"Choose at most {REASONS_MOST}."))
    return found


def reason_labels(codes: Iterable[str]) -> list[Text]:
    """The reasons in words; a code that is no more stands for itself."""
    return [BY_CODE[code].label if code in BY_CODE else Text(code, code) for code in codes]
