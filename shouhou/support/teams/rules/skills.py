"""Product groups and what a certificate is worth: who may be given cases about what (ORG-01, ORG-02, ORG-03, ORG-11). Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from shouhou.foundation.days import add_months
from shouhou.foundation.workflow import Text

GROUPS: Mapping[str, Text] = {
    "appliances": Text("家用电器", "home appliances"), "digital": Text("数码产品", "digital products"),
    "daily": Text("日常用品", "daily goods"),
}  # fmt: skip
# A category that stands nowhere here is daily goods.
CATEGORIES: Mapping[str, frozenset[str]] = {
    "appliances": frozenset({"tv", "aircon", "appliance", "fridge", "washer", "kettle"}),
    "digital": frozenset({
        "phone", "laptop", "camera", "tablet", "battery", "charger", "wired_earphone", "ink", "printer", "watch", "digital", "software",
    }),
}  # fmt: skip
ELSEWHERE = frozenset[str]().union(*CATEGORIES.values())
# What a course teaches; communication and problem-solving are part of everybody's profile, assessed yearly (ORG-11).
SUBJECTS: Mapping[str, Text] = {
    "products": Text("商品知识", "products"), "rules": Text("售后规则", "after-sales rules"),
    "communication": Text("沟通能力", "communication"), "problem_solving": Text("解决问题的能力", "problem-solving"),
}  # fmt: skip
SOON_DAYS = 30
# Who is given cases at all.
ROUTED = frozenset({"agent", "reviewer", "supervisor", "arbitrator", "technician", "merchant_operator", "merchant_manager"})


@dataclass(frozen=True, slots=True)
class Taken:
    """One record of training. `needed` is the course's score to pass, `groups` what the course is required for."""

    course: int
    groups: tuple[str, ...]
    needed: int
    score: int
    taken_on: date
    expires_on: date

    def holds(self, today: date) -> bool:
        """Passed, and still valid on that day (its last day included)."""
        return self.score >= self.needed and self.taken_on <= today <= self.expires_on


def expiry(taken_on: date, months: int) -> date:
    """The last day on which a certificate counts."""
    return add_months(taken_on, months)


def untrained(required: Mapping[int, Iterable[str]], taken: Iterable[Taken], *, today: date) -> frozenset[str]:
    """The product groups for which this person lacks a valid certificate; `required` are the active courses with their groups."""
    held = {each.course for each in taken if each.holds(today)}
    return frozenset(group for course, groups in required.items() if course not in held for group in groups)


def group_of(category: str) -> str:
    """The product group of a category of goods."""
    return next((group for group, codes in CATEGORIES.items() if category in codes), "daily")
