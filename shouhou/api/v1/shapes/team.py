"""Shapes of a team: workload, shifts, swaps, courses, training, quality checks."""

from datetime import date, time
from typing import Annotated, Literal

from pydantic import Field

from shouhou.api.v1.shapes.common import BIGGEST, Input, Shape
from shouhou.api.v1.shapes.points import BothWords

Account = Annotated[str, Field(min_length=1, max_length=150, examples=["agent"])]
By = Annotated[str, Field(min_length=1, max_length=150, description="account of the person of this desk for whom the program acts")]
Group = Literal["appliances", "digital", "daily"]
Subject = Literal["products", "rules", "communication", "problem_solving"]
Skill = Literal["sales", "service", "technical"]
Grade = Annotated[int, Field(ge=1, le=5)]
Record = Annotated[int, Field(ge=1, le=BIGGEST)]
Month = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", examples=["2026-11"])]


class Person(Shape):
    account: str
    name: str


class LoadShape(Shape):
    """What lies with one person now, and the last seven days; `reopened` of what they `ended` in the seven days before."""

    person: Person
    role: str
    on_duty: bool
    cases: int
    overdue: int
    due_today: int
    conversations: int
    waiting: int = Field(description="conversations that wait for an answer")
    calls: int = Field(description="follow-up calls owed")
    handled: int
    ended: int
    reopened: int
    untrained: list[Group] = Field(description="product groups that they are not given for want of a valid certificate")
    lapsing: int = Field(description="certificates that lapse within thirty days")


class LoadList(Shape):
    items: list[LoadShape]
    next: None = None


class ShiftShape(Shape):
    """A weekly shift in Beijing time; `until` at or before `since` ends the next day; no skills: every one."""

    number: int
    person: Person
    weekdays: list[int] = Field(description="1 is Monday")
    since: str
    until: str
    on_holidays: bool
    skills: list[Skill]
    first_day: str
    last_day: str | None
    off_days: list[str]


class ShiftList(Shape):
    items: list[ShiftShape]
    next: None = None


class ShiftInput(Input):
    by: By
    person: Account
    weekdays: Annotated[list[Annotated[int, Field(ge=1, le=7)]], Field(min_length=1, max_length=7)]
    since: time
    until: time
    on_holidays: bool = False
    skills: Annotated[list[Skill], Field(max_length=3)] = []
    first_day: date
    last_day: date | None = None


class ByInput(Input):
    """Nothing but whose deed it is."""

    by: By


class SwapShape(Shape):
    """One day of a shift that a colleague takes; `back` names one of theirs that is taken in return."""

    number: int
    shift: int
    day: str
    asked_by: Person
    colleague: Person
    back: int | None
    back_day: str | None
    reason: str
    state: Literal["asked", "agreed", "approved", "declined", "refused", "withdrawn"]
    answer: str
    asked_at: str
    decided_by: Person | None


class SwapList(Shape):
    items: list[SwapShape]
    next: str | None


class SwapInput(Input):
    by: By
    shift: Record
    day: date
    colleague: Account
    reason: Annotated[str, Field(min_length=1, max_length=300)]
    back: Record | None = None
    back_day: date | None = None


class SwapAnswerInput(Input):
    """The colleague's yes or no, or the approval of whoever keeps the desk; a refusal needs words."""

    by: By
    yes: bool
    answer: Annotated[str, Field(max_length=300)] = ""


class CourseShape(Shape):
    number: int
    title: BothWords
    subject: Subject
    groups: list[Group] = Field(description="product groups that nobody is given without it")
    pass_score: int
    valid_months: int
    active: bool


class CourseList(Shape):
    items: list[CourseShape]
    next: None = None


class CourseInput(Input):
    by: By
    title_zh: Annotated[str, Field(min_length=1, max_length=80)]
    title_en: Annotated[str, Field(max_length=80)] = ""
    subject: Subject
    groups: Annotated[list[Group], Field(max_length=3)] = []
    pass_score: Annotated[int, Field(ge=0, le=100)]
    valid_months: Annotated[int, Field(ge=1, le=60)]


class TrainingShape(Shape):
    number: int
    course: int
    person: Person
    taken_on: str
    score: int
    passed: bool
    expires_on: str = Field(description="the last day on which it counts")
    note: str
    by: Person


class TrainingList(Shape):
    items: list[TrainingShape]
    next: str | None


class TrainingInput(Input):
    """Nobody certifies themselves."""

    by: By
    course: Record
    person: Account
    taken_on: date
    score: Annotated[int, Field(ge=0, le=100)]
    note: Annotated[str, Field(max_length=500)] = ""


class ScoresShape(Shape):
    """1 poor … 5 very good."""

    friendliness: Grade
    patience: Grade
    professionalism: Grade
    warmth: Grade
    accuracy: Grade


class CheckShape(Shape):
    """A case or conversation drawn for a month; `scores` is empty until somebody else has checked it."""

    number: int
    person: Person
    month: str
    kind: Literal["case", "talk"]
    about: str
    state: Literal["open", "done"]
    scores: dict[str, int]
    mean: str | None
    note: str
    checked_by: Person | None
    checked_at: str | None
    reply: str


class CheckList(Shape):
    items: list[CheckShape]
    next: str | None


class DrawInput(Input):
    by: By
    month: Month
    many: Annotated[int, Field(ge=1, le=100, description="of each person, those drawn before included")] = 20


class DrawnShape(Shape):
    month: str
    added: int


class ScoreInput(Input):
    """By somebody who keeps the desk and did not do the work; a score of 1 or 2 needs a note."""

    by: By
    scores: ScoresShape
    note: Annotated[str, Field(max_length=1000)] = ""


class ReplyInput(Input):
    """What the person checked says to it, once."""

    by: By
    text: Annotated[str, Field(min_length=1, max_length=500)]


class QualityShape(Shape):
    """One person's month."""

    person: Person
    drawn: int
    done: int
    mean: str | None
    means: dict[str, str | None]


class QualityList(Shape):
    items: list[QualityShape]
    next: None = None
