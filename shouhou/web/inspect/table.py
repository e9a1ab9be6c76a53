"""What lies on the inspector's table: the case, the draft, which steps it takes, and what they come to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.contrib.sessions.backends.base import SessionBase
from django.utils.translation import gettext as _

from shouhou.cases.access import case_for
from shouhou.cases.making import possible
from shouhou.cases.rows import CaseRow, ItemRow
from shouhou.cases.workflows import WORKFLOWS
from shouhou.cases.workflows.asks import DISPOSITIONS, GRADES, REJECTION_REASONS, STATES_OF_GOODS
from shouhou.foundation.workflow import Text
from shouhou.logistics.queries import parcels_of
from shouhou.plumbing.actor import Actor
from shouhou.policy.queries import compiled
from shouhou.web.inspect.actions import Inspection, Step
from shouhou.web.inspect.draft import Draft, draft_of
from shouhou.web.inspect.forms import CheckForm, StepForm, UnpackForm, serials_in
from shouhou.web.inspect.grading import SHAPING, GradeForm, reason_said
from shouhou.web.inspect.serials import serial_rows
from shouhou.web.inspect.verdict import VERDICTS, VerdictForm
from shouhou.web.page import said

RECEIPTS = ("receive", "receive_late", "receive_more")
JUDGED_IN = frozenset({"received", "inspection_escalated"})
MOVES = {"accept": "accept", "part": "accept", "deduct": "propose_deduction", "reject": "not_accept"}
LABELS = {
    "unpack": Text("开箱", "Unpack"), "check": Text("检查", "Check"), "grade": Text("定级", "Grade"),
    "verdict": Text("结论", "Verdict"), "review": Text("核对", "Review"),
}  # fmt: skip
NOTE_MAX = 1900


def table_for(session: SessionBase, actor: Actor, number: str, *, now: datetime) -> "Table":
    """Raises CASE_NOT_FOUND."""
    case = case_for(actor, number)
    return Table(case, draft_of(session, case.number, now=now))


@dataclass
class Table:
    """One parcel being inspected."""

    case: CaseRow
    draft: Draft

    @property
    def receipt(self) -> str | None:
        """The move that registers this parcel, None when all has been received."""
        workflow = WORKFLOWS[self.case.service]
        for name in RECEIPTS:
            move = workflow.move(name)
            if move is not None and self.case.status in move.sources and possible(move, self.case):
                return name
        return None

    @property
    def receipt_optional(self) -> bool:
        """A further parcel may be there or not."""
        return self.receipt == "receive_more"

    @property
    def steps(self) -> list[str]:
        """The steps this case takes; none when it is not to be inspected now."""
        if self.receipt is None and self.case.status not in JUDGED_IN:
            return []
        return [*(["unpack"] if self.receipt else []), "check", "grade", "verdict"]

    @property
    def first_open(self) -> str | None:
        """The first step that is not in order yet, None when all are."""
        return next((step for step in self.steps if not self.done(step)), None)

    @property
    def receipt_ready(self) -> bool:
        """Whether the receipt can be sent by itself."""
        return self.receipt is not None and self.done("unpack") and not self.skipped

    @property
    def skipped(self) -> bool:
        return self.receipt_optional and "skip" in self.draft.steps.get("unpack", {})

    def done(self, step: str) -> bool:
        if step == "unpack" and self.skipped:
            return True
        return step in self.draft.steps and self.form(step).is_valid()

    def after(self, step: str) -> str:
        """Where to go on: the next step that is open, or, when all are in order, the review."""
        rest = self.steps[self.steps.index(step) + 1 :]
        return next((each for each in rest if not self.done(each)), self.first_open or "review")

    def form(self, step: str, *, data: Any = None, files: Any = None) -> StepForm:
        """The step's form: as it is sent now, as it stands in the draft, or empty."""
        data = data if data is not None else self.draft.form_data(step)
        if step == "unpack":
            if data is not None and "skip" in data and self.receipt_optional:
                return StepForm(self.case, data, items=())
            return UnpackForm(self.case, data, files, items=self.expected, initial={"parcel": self._waybill()})
        if step == "check":
            return CheckForm(self.case, data, files, items=self.here)
        if step == "grade":
            more: dict[str, Any] = {"items": self.here, "received": self.received, "seen": self._seen()}
            if data is not None and SHAPING in data:
                # The parts were just changed: they are shown as they stand, and nothing is complained of yet.
                start = {name: data.getlist(name) if name.startswith("serials-") else data.get(name) for name in data}
                return GradeForm(self.case, None, initial=start, **more)
            return GradeForm(self.case, data, **more)
        return VerdictForm(
            self.case, data, items=self.here, received=self.received, clauses=self.clauses(), splits=self._splits(),
        )  # fmt: skip

    @property
    def expected(self) -> list[ItemRow]:
        return [item for item in self.case.items if item.missing]

    @property
    def here(self) -> list[ItemRow]:
        """The items of which something has come."""
        received = self.received
        return [item for item in self.case.items if received[item.line]]

    @property
    def received(self) -> dict[int, int]:
        """Units by line: those registered before and those of this parcel."""
        unpacked = self._unpacked()
        return {
            item.line: item.received_quantity + (int(unpacked.value("received", item.line) or 0) if unpacked and item.missing else 0)
            for item in self.case.items
        }

    def serials(self) -> list[dict[str, Any]]:
        """What was sold against what lies here, item by item; items without serials are left out."""
        return serial_rows(self.case, self._seen())

    def clauses(self) -> list[tuple[str, str]]:
        """Ground of a rejection → the clause of the case's own book that names it; the first that decides stands."""
        found: dict[str, str] = {}
        for clause in compiled(self.case.book, self.case.book_version).book.clauses:
            for code in clause.reasons:
                if code in REJECTION_REASONS:
                    found.setdefault(code, clause.id)
        return list(found.items())

    def stepper(self) -> list[dict[str, str]]:
        open_ = self.first_open
        steps = [
            {"name": step, "label": said(LABELS[step]), "state": "done" if self.done(step) else "here" if step == open_ else "todo"}
            for step in self.steps
        ]
        return [*steps, {"name": "review", "label": said(LABELS["review"]), "state": "todo" if open_ else "here"}]

    def inspection(self, *, version: int, verdict: bool) -> Inspection:
        """What is to be sent; the steps are in order."""
        receipt = None
        if self.receipt and not self.skipped:
            receipt = Step(self.receipt, cast(UnpackForm, self._valid("unpack")).answers())
        return Inspection(
            self.case.number, version, receipt, self._verdict() if verdict else None,
            self.draft.photos.get("unpack", ()) if receipt else (), self._note() if verdict else "",
        )  # fmt: skip

    def summary(self) -> dict[str, Any]:
        """The steps in words, as far as they are in order."""
        words: dict[str, Any] = {"serials": self.serials()}
        if unpacked := self._unpacked():
            given = unpacked.cleaned_data
            words["unpacked"] = [
                (_("包装"), said(STATES_OF_GOODS[given["packing"]])), (_("外观"), said(STATES_OF_GOODS[given["appearance"]])),
                (_("配件与赠品"), said(STATES_OF_GOODS[given["accessories"]])), *([(_("说明"), given["note"])] if given["note"] else []),
            ]  # fmt: skip
        if self.first_open is None:
            verdict, grades = cast(VerdictForm, self._valid("verdict")), cast(GradeForm, self._valid("grade"))
            words |= {
                "verdict": said(VERDICTS[verdict.kind]), "rejected": verdict.kind == "reject",
                "failed": cast(CheckForm, self._valid("check")).failed(), "given": verdict.cleaned_data,
                "ground": said(REJECTION_REASONS[verdict.cleaned_data["reason_code"]]) if verdict.kind == "reject" else "",
                "found": [self._told(item, grades, verdict) for item in self.here],
            }
        return words

    def _verdict(self) -> Step:
        verdict, check = cast(VerdictForm, self._valid("verdict")), cast(CheckForm, self._valid("check"))
        answers: dict[str, object] = {"checklist": check.common(), "photos": self.draft.photos.get("check", [])}
        if verdict.kind == "reject":
            given = verdict.cleaned_data
            return Step("not_accept", answers | {name: given[name] for name in ("reason_code", "clause", "note")})
        grades = cast(GradeForm, self._valid("grade"))
        answers["items"] = [self._item(item, grades, verdict, check) for item in self.here]
        if note := verdict.cleaned_data.get("note"):
            answers["note"] = note
        return Step(MOVES[verdict.kind], answers)

    def _item(self, item: ItemRow, grades: GradeForm, verdict: VerdictForm, check: CheckForm) -> dict[str, object]:
        """What was found of the item: flat when its units are all alike."""
        checked = check.checked(item)
        if not grades.split(item):
            return {**verdict.finding(item), **grades.graded(item), "checklist": checked}
        units = [{**unit, **verdict.cut(item, part), "checklist": checked} for part, unit in enumerate(grades.units(item), 1)]
        return {"line": item.line, "units": units}

    def _told(self, item: ItemRow, grades: GradeForm, verdict: VerdictForm) -> dict[str, Any]:
        """The item in words for the review, part by part where it was split."""
        received = self.received[item.line]
        if not grades.split(item):
            return {**_found(item, grades.graded(item), verdict.finding(item), received), "parts": []}
        parts = [
            {**unit, **verdict.cut(item, part), "grade": said(GRADES[unit["grade"]]), "way": said(DISPOSITIONS[unit["disposition"]]),
             "why": reason_said(unit.get("reason", "")), "rejected": unit["verdict"] == "rejected"}
            for part, unit in enumerate(grades.units(item), 1)
        ]  # fmt: skip
        accepted = sum(part["quantity"] for part in parts if not part["rejected"])
        return {"item": item, "received": received, "accepted": accepted, "parts": parts}

    def _splits(self) -> dict[int, list[dict[str, Any]]]:
        """The parts of the lines that were split, once the grading is in order."""
        grades = self.form("grade")
        if not isinstance(grades, GradeForm) or "grade" not in self.draft.steps or not grades.is_valid():
            return {}
        return {item.line: grades.units(item) for item in self.here if grades.split(item)}

    def _seen(self) -> dict[int, list[str]]:
        """Serials by line: those registered before and those of this parcel."""
        unpacked = self._unpacked()
        return {
            item.line: [*item.serials, *(serials_in(unpacked.value("serials", item.line)) if unpacked and item.missing else [])]
            for item in self.case.items
        }

    def _note(self) -> str:
        """For colleagues: which points failed. A rejection keeps no findings per item, so it stands here."""
        verdict = cast(VerdictForm, self._valid("verdict"))
        failed = cast(CheckForm, self._valid("check")).failed()
        if verdict.kind != "reject" or not failed:
            return ""
        lines = [f"{item.title}{_('：')}{_('；').join(points)}" for item, points in failed]
        return "\n".join([_("验收清单中不合格的项目"), *lines])[:NOTE_MAX]

    def _valid(self, step: str) -> StepForm:
        form = self.form(step)
        if not form.is_valid():
            raise ValueError(f"{self.case.number}: the step {step} is not in order")
        return form

    def _unpacked(self) -> UnpackForm | None:
        """This parcel's record, when it is in order."""
        if self.receipt is None or self.skipped or "unpack" not in self.draft.steps:
            return None
        form = self.form("unpack")
        return form if isinstance(form, UnpackForm) and form.is_valid() else None

    def _waybill(self) -> str:
        """The parcel that was scanned, else the only one that is on its way."""
        if self.draft.waybill:
            return self.draft.waybill
        numbers = [parcel["tracking_number"] for parcel in parcels_of(self.case.number, direction="return")]
        return numbers[0] if len(numbers) == 1 else ""


def _found(item: ItemRow, grade: dict[str, str], finding: dict[str, object], received: int) -> dict[str, Any]:
    way = grade.get("disposition") or ("restock" if grade["grade"] == "A" else "open_box")
    return {
        "item": item, "received": received, "accepted": finding["accepted"], "grade": said(GRADES[grade["grade"]]),
        "disposition": said(DISPOSITIONS[way]), "deduction": finding.get("deduction", 0), "why": finding.get("deduction_reason", ""),
    }  # fmt: skip
