"""The desk's team in the demo: courses and who has them, checks drawn and scored, a shift that somebody wants to swap."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from shouhou.accounts.models import User
from shouhou.demo.english import told
from shouhou.foundation.days import local_day
from shouhou.plumbing.actor import Actor
from shouhou.support.conversations.models import Duty
from shouhou.support.teams.actions import NewCourse, Wish, add_course, add_training, ask_swap, draw_checks, note_check
from shouhou.support.teams.models import Check, Course
from shouhou.support.teams.rules.quality import DIMENSIONS

COURSES = (
    ("家电售后", "Home appliances", "products", ("appliances",)), ("数码产品售后", "Digital products", "products", ("digital",)),
    ("售后规则与法规", "Rules and law", "rules", ()), ("沟通能力", "Communication", "communication", ()),
)  # fmt: skip
# Whom, which course, how many days ago, with what score.
TAKEN = (
    ("agent", 0, 60, 92), ("agent", 1, 350, 88), ("agent", 2, 30, 95), ("agent", 3, 30, 90), ("reviewer", 0, 400, 85),
    ("reviewer", 1, 90, 81), ("reviewer", 2, 90, 76), ("supervisor", 0, 120, 97), ("supervisor", 1, 120, 94),
)  # fmt: skip
SCORES = ((5, 5, 4, 5, 5), (4, 2, 4, 3, 5), (5, 4, 5, 5, 4))


def train(*, people: Mapping[str, User], now: datetime, language: str = "zh-hans") -> None:
    """A second time changes nothing."""
    if Course.objects.exists():
        return
    boss, chief = _who(people["operations"]), _who(people["supervisor"])
    courses = [add_course(NewCourse(zh, en, subject, groups, 80, 12), actor=boss, now=now) for zh, en, subject, groups in COURSES]
    for role, course, days, score in TAKEN:
        add_training(courses[course], people[role].pk, local_day(now) - timedelta(days=days), score, actor=boss, now=now)
    draw_checks(local_day(now), actor=boss, now=now)
    drawn = Check.objects.filter(user=people["agent"]).order_by("pk")[: len(SCORES)]
    for row, scores in zip(drawn, SCORES, strict=False):
        words = told("催促过一次，建议先说明原因。", language) if min(scores) < 3 else ""
        note_check(row.pk, dict(zip(DIMENSIONS, scores, strict=True)), words, actor=chief, now=now)
    shift = Duty.objects.filter(user=people["agent"], merchant=None).order_by("pk").first()
    if shift is not None:
        day = local_day(now) + timedelta(days=3)
        wish = Wish(shift.pk, day, people["reviewer"].pk, told("孩子家长会，想请您替一天。", language))
        ask_swap(wish, actor=_who(people["agent"]), now=now)


def _who(user: User) -> Actor:
    return Actor(role=user.role, who=f"user:{user.pk}", name=user.get_full_name())  # type: ignore[arg-type]
