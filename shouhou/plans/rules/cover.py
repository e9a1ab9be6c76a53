"""Is this damage covered, by which plan first, what does it pay, and if not, why not and what would help (PLN-01, PLN-02)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from shouhou.foundation.workflow import Text
from shouhou.plans.rules.kinds import Kind
from shouhou.plans.rules.sold import Sold

WHY_NOT: dict[str, Text] = {
    "PLAN_UNKNOWN": Text("没有这种保障计划", "no such kind of plan"),
    "PLAN_CANCELLED": Text("该计划已终止", "the plan was ended"),
    "PLAN_OTHER_UNIT": Text("该计划属于另一件商品（序列号不同）", "the plan belongs to another unit (serial number)"),
    "PLAN_NOT_BEGUN": Text("该计划尚未生效", "the plan has not begun"),
    "PLAN_WAITING": Text("仍在等待期内", "still within the waiting period"),
    "PLAN_ENDED": Text("该计划已到期", "the plan has run out"),
    "PLAN_OTHER_CATEGORY": Text("该计划不适用于此类商品", "the plan is not for goods of this kind"),
    "PLAN_CAUSE_EXCLUDED": Text("该原因不在保障范围内", "the plan does not cover this cause"),
    "PLAN_FAULT_EXCLUDED": Text("该故障不在保障范围内", "the plan does not cover this fault"),
    "PLAN_CLAIMS_USED": Text("理赔次数已用完", "all claims of the plan are used"),
    "PLAN_DOCUMENTS_MISSING": Text("未提供该计划要求的凭证", "what the plan asks for as evidence was not given"),
    "PLAN_CAP_USED": Text("保额已用完", "the sum insured is used up"),
}
HELPS: dict[str, Text] = {
    "PLAN_WAITING": Text("等待期结束后申请即可", "apply once the waiting period is over"),
    "PLAN_NOT_BEGUN": Text("生效后申请即可", "apply once the plan has begun"),
    "PLAN_OTHER_UNIT": Text("请核对序列号，或由检测核对", "check the serial number, or let the workshop check it"),
    "PLAN_DOCUMENTS_MISSING": Text("补齐凭证后可重新检测定责", "give the evidence and have it diagnosed again"),
    "PLAN_CAUSE_EXCLUDED": Text("可付费维修，报价经您同意后开始", "repair at your cost, after you accept the quote"),
}
OTHERWISE = HELPS["PLAN_CAUSE_EXCLUDED"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What one plan says: `why` empty where it covers; `since` is the day from which it would."""

    plan: Sold
    why: str = ""
    since: date | None = None

    @property
    def helps(self) -> Text | None:
        """The nearest way to be covered, or repaired otherwise."""
        return HELPS.get(self.why, OTHERWISE) if self.why else None


@dataclass(frozen=True, slots=True)
class Cover:
    """The plan that pays first, and what every plan says."""

    plan: Sold | None
    answers: tuple[Answer, ...]


def cover(
    plans: Iterable[Sold], *, kinds: Mapping[str, Kind], on: date, category: str, cause: str = "", fault: str = "", serial: str = ""
) -> Cover:  # fmt: skip
    """Ask every plan; an empty cause or fault is one that is not known yet and excludes nothing.

    First pays the one that costs the consumer least, then the narrower, then the one that ends first.
    """
    answers = tuple(_ask(plan, kinds.get(plan.kind), on, category, cause, fault, serial) for plan in plans)
    able = [answer.plan for answer in answers if not answer.why]
    return Cover(min(able, key=lambda plan: _rank(plan, kinds[plan.kind]), default=None), answers)


def pays(plan: Sold, *, cost_minor: int) -> int:
    """What the plan pays of a repair that costs so much: all beyond the deductible, up to what is left of the sum insured."""
    beyond = max(0, cost_minor - plan.deductible_minor)
    return beyond if plan.left_minor is None else min(beyond, plan.left_minor)


def shared(plan: Sold) -> bool:
    """Whether the consumer may have to pay a part, so that the cost must be known before."""
    return bool(plan.deductible_minor) or plan.cap_minor is not None


def unused_minor(
    price_minor: int, *, kind: Kind, starts_on: date, ends_on: date | None, months: int, on: date, claims: int
) -> int:  # fmt: skip
    """What of the plan's price goes back with the goods: by the days not used, all, or nothing; nothing after a claim (PLN-03).

    An extended warranty that has not begun is unused as a whole.
    """
    if claims or kind.refund == "none":
        return 0
    if kind.refund == "full" or ends_on is None or on < starts_on:
        return price_minor
    days = (ends_on - starts_on).days + 1
    left = min(days, max(0, (ends_on - on).days))
    return (price_minor * left + days // 2) // days if days > 0 else 0


def _ask(plan: Sold, kind: Kind | None, on: date, category: str, cause: str, fault: str, serial: str) -> Answer:
    if kind is None:
        return Answer(plan, "PLAN_UNKNOWN")
    begins = plan.starts_on + timedelta(days=plan.waiting_days)
    checks = (
        ("PLAN_CANCELLED", plan.cancelled_on is not None and on >= plan.cancelled_on),
        ("PLAN_OTHER_UNIT", bool(plan.serial and serial) and plan.serial != serial),
        ("PLAN_OTHER_CATEGORY", bool(kind.categories) and category not in kind.categories),
        ("PLAN_CAUSE_EXCLUDED", bool(cause) and cause not in kind.causes),
        ("PLAN_FAULT_EXCLUDED", bool(fault) and (fault in kind.excluded_faults or (bool(kind.faults) and fault not in kind.faults))),
        ("PLAN_ENDED", plan.ends_on is not None and on > plan.ends_on),
        ("PLAN_CLAIMS_USED", plan.claims_left == 0),
        ("PLAN_CAP_USED", plan.left_minor == 0),
        ("PLAN_NOT_BEGUN", on < plan.starts_on),
        ("PLAN_WAITING", on < begins),
    )
    why = next((code for code, holds in checks if holds), "")
    return Answer(plan, why, begins if why in ("PLAN_NOT_BEGUN", "PLAN_WAITING") else None)


def _rank(plan: Sold, kind: Kind) -> tuple[int, int, int, int, date, str]:
    left = plan.left_minor
    return (
        plan.deductible_minor, 0 if left is None else 1, -(left or 0), len(kind.causes), plan.ends_on or date.max, plan.number,
    )  # fmt: skip
