"""The steps of an inspection as forms: big choices, numbers, serials; what they say is given as the domain takes it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouhou.cases.checklists import ANSWERS, checklist_for, common_checks
from shouhou.cases.rows import CaseRow, ItemRow
from shouhou.cases.workflows.asks import CHECKS, DISPOSITIONS, GRADES, REJECTION_REASONS, STATES_OF_GOODS
from shouhou.foundation.money import Money
from shouhou.foundation.workflow import Text
from shouhou.web.page import said
from shouhou.web.shared.moves import ACCEPT, FilesField, FilesInput

VERDICTS = {
    "accept": Text("全部通过", "Accept all"),
    "part": Text("部分通过", "Accept a part"),
    "deduct": Text("通过并扣款", "Accept with a deduction"),
    "reject": Text("不通过", "Do not accept"),
}
VERDICT_HELP = {
    "accept": Text("货款立即退回消费者", "The money goes back to the consumer at once"),
    "part": Text("逐件填写通过数量，其余退回消费者", "Say how many; the rest goes back to the consumer"),
    "deduct": Text("写明金额与理由，消费者同意后才扣", "With amount and reason; nothing is cut without consent"),
    "reject": Text("写明理由，商品退回消费者", "With a reason; the goods go back to the consumer"),
}
PHOTOS_MAX = 9


class StepForm(forms.Form):
    """A step: fields per item are named `<field>-<line>`."""

    def __init__(self, case: CaseRow, *args: Any, items: Sequence[ItemRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case, self.items = case, items
        self.use_required_attribute = False
        for name, made in self.made():
            self.fields[name] = made

    def made(self) -> list[tuple[str, forms.Field]]:
        return []

    def value(self, name: str, line: int) -> Any:
        return self.cleaned_data.get(f"{name}-{line}")


class UnpackForm(StepForm):
    """The unpacking record: packing, appearance, accessories, what came, with which serials."""

    photos = FilesField(
        label=gettext_lazy("开箱照片"), required=False, widget=FilesInput(attrs={"accept": ACCEPT, "capture": "environment"})
    )

    def made(self) -> list[tuple[str, forms.Field]]:
        words = {
            "packing": _("包装"), "appearance": _("外观"), "accessories": _("配件与赠品"),
        }  # fmt: skip
        fields: list[tuple[str, forms.Field]] = [(name, _buttons(label, STATES_OF_GOODS)) for name, label in words.items()]
        for item in self.items:
            count = forms.IntegerField(label=_("实收数量"), min_value=0, max_value=item.missing, initial=item.missing)
            fields.append((f"received-{item.line}", count))
            fields.append((f"serials-{item.line}", _serials(item)))
        return [
            *fields,
            ("parcel", forms.CharField(label=_("运单号"), max_length=40, required=False)),
            ("note", forms.CharField(label=_("说明"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2}))),
        ]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        counts = [given.get(f"received-{item.line}") for item in self.items]
        if counts and None not in counts and not any(counts):
            raise forms.ValidationError(_("至少收到一件才能登记收货。"))
        return given

    def answers(self) -> dict[str, object]:
        """As the receiving moves take them."""
        given = self.cleaned_data
        items = [
            {"line": item.line, "received": self.value("received", item.line), "serials": serials_in(self.value("serials", item.line))}
            for item in self.items
        ]
        found: dict[str, object] = {name: given[name] for name in ("packing", "appearance", "accessories")}
        return found | {"items": items} | {name: given[name] for name in ("parcel", "note") if given.get(name)}

    def rows(self) -> list[dict[str, Any]]:
        return [
            {"item": item, "received": self[f"received-{item.line}"], "serials": self[f"serials-{item.line}"]}
            for item in self.items
        ]


class CheckForm(StepForm):
    """The checklist of each item's family of goods."""

    photos = FilesField(
        label=gettext_lazy("细节照片"), required=False, widget=FilesInput(attrs={"accept": ACCEPT, "capture": "environment"})
    )

    def made(self) -> list[tuple[str, forms.Field]]:
        return [
            (f"{point.code}-{item.line}", _buttons(said(point.label), ANSWERS))
            for item in self.items
            for point in checklist_for(item.category)
        ]

    def rows(self) -> list[dict[str, Any]]:
        return [
            {"item": item, "points": [self[f"{point.code}-{item.line}"] for point in checklist_for(item.category)]}
            for item in self.items
        ]

    def checked(self, item: ItemRow) -> dict[str, str]:
        """The item's points and the common checks that they come to."""
        points = checklist_for(item.category)
        answers = {point.code: str(self.value(point.code, item.line)) for point in points}
        return answers | common_checks(points, answers)

    def common(self) -> dict[str, str]:
        """The common checks over all items: one no is a no."""
        found: dict[str, str] = {}
        for checked in (self.checked(item) for item in self.items):
            for name in CHECKS:
                both = (found.get(name, "na"), checked.get(name, "na"))
                found[name] = "no" if "no" in both else "yes" if "yes" in both else "na"
        return {name: answer for name, answer in found.items() if answer != "na"}

    def failed(self) -> list[tuple[ItemRow, list[str]]]:
        """What is not in order, in words, by item; items without a fault are left out."""
        found = [
            (item, [said(point.label) for point in checklist_for(item.category) if self.value(point.code, item.line) == "no"])
            for item in self.items
        ]
        return [(item, points) for item, points in found if points]


class GradeForm(StepForm):
    """Grade and disposition of each item."""

    def made(self) -> list[tuple[str, forms.Field]]:
        ways = {"": Text("按成色", "by its grade"), **DISPOSITIONS}
        fields: list[tuple[str, forms.Field]] = []
        for item in self.items:
            fields.append((f"grade-{item.line}", _buttons(_("成色"), GRADES)))
            way = forms.ChoiceField(label=_("去向"), choices=_choices(ways), required=False)
            fields.append((f"disposition-{item.line}", way))
        return fields

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for item in self.items:
            if given.get(f"disposition-{item.line}") == "restock" and given.get(f"grade-{item.line}", "A") != "A":
                self.add_error(f"disposition-{item.line}", _("只有成色 A 才能重新入库。"))
        return given

    def rows(self) -> list[dict[str, Any]]:
        return [
            {"item": item, "grade": self[f"grade-{item.line}"], "disposition": self[f"disposition-{item.line}"]}
            for item in self.items
        ]

    def graded(self, item: ItemRow) -> dict[str, str]:
        found = {"grade": str(self.value("grade", item.line))}
        if way := self.value("disposition", item.line):
            found["disposition"] = str(way)
        return found


class VerdictForm(StepForm):
    """Accept, accept a part, deduct or reject; what the other verdicts would need is not asked."""

    def __init__(self, case: CaseRow, *args: Any, received: Mapping[int, int], clauses: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        self.received, self.clauses = received, clauses
        super().__init__(case, *args, **kwargs)

    def made(self) -> list[tuple[str, forms.Field]]:
        fields: list[tuple[str, forms.Field]] = [("verdict", _buttons(_("结论"), VERDICTS))]
        for item in self.items:
            most = self.received.get(item.line, 0)
            fields += [
                (f"accepted-{item.line}", forms.IntegerField(
                    label=_("通过数量"), min_value=0, max_value=most, initial=most, required=False)),
                (f"deduction-{item.line}", forms.DecimalField(
                    label=_("扣款金额"), min_value=0, max_digits=12, decimal_places=2, required=False)),
                (f"deduction_reason-{item.line}", forms.CharField(label=_("扣款理由"), max_length=300, required=False)),
            ]  # fmt: skip
        reasons = {"": Text("请选择", "Choose"), **REJECTION_REASONS}
        return [
            *fields,
            ("reason_code", forms.ChoiceField(label=_("不通过的理由"), choices=_choices(reasons), required=False)),
            ("clause", forms.CharField(label=_("依据条款"), max_length=80, required=False, help_text=_("留空即用理由对应的条款。"))),
            ("note", forms.CharField(
                label=_("给消费者的说明"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3}))),
        ]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        verdict = given.get("verdict")
        if verdict == "reject":
            if not given.get("reason_code"):
                self.add_error("reason_code", _("请选择不通过的理由。"))
            elif not given.get("clause"):
                given["clause"] = dict(self.clauses).get(given["reason_code"], "")
                if not given["clause"]:
                    self.add_error("clause", _("请写明依据的条款。"))
            if not given.get("note"):
                self.add_error("note", _("请写明告知消费者的说明。"))
        if verdict in ("part", "deduct") and not any(self._accepted(item) for item in self.items):
            self.add_error("verdict", _("没有一件通过，请选择“不通过”。"))
        if verdict == "part" and all(self._accepted(item) == self.received.get(item.line) for item in self.items):
            self.add_error("verdict", _("每件都通过了，请减少通过数量，或选择“全部通过”。"))
        if verdict == "deduct":
            self._clean_deductions(given)
        return given

    def rows(self) -> list[dict[str, Any]]:
        return [
            {"item": item, "received": self.received.get(item.line, 0), "accepted": self[f"accepted-{item.line}"],
             "deduction": self[f"deduction-{item.line}"], "reason": self[f"deduction_reason-{item.line}"]}
            for item in self.items
        ]  # fmt: skip

    def options(self) -> list[dict[str, Any]]:
        """The verdict's choices with what each of them leads to."""
        return [
            {"tag": option.tag(), "label": option.choice_label, "id": option.id_for_label, "help": said(VERDICT_HELP[code])}
            for (code, _label), option in zip(_choices(VERDICTS), self["verdict"], strict=True)
        ]

    @property
    def kind(self) -> str:
        return str(self.cleaned_data["verdict"])

    def finding(self, item: ItemRow) -> dict[str, object]:
        """Accepted quantity and deduction of the item, for the verdict that was chosen."""
        if self.kind == "accept":
            return {"line": item.line, "accepted": self.received.get(item.line, 0)}
        found: dict[str, object] = {"line": item.line, "accepted": self._accepted(item)}
        deduction = self.value("deduction", item.line)
        if self.kind == "deduct" and deduction:
            found["deduction"] = Money.of(deduction, self.case.currency).minor
            found["deduction_reason"] = self.value("deduction_reason", item.line) or ""
        return found

    def _clean_deductions(self, given: Mapping[str, Any]) -> None:
        cuts = [item for item in self.items if given.get(f"deduction-{item.line}")]
        if not cuts:
            self.add_error("verdict", _("请至少填写一项扣款金额。"))
        for item in cuts:
            accepted = self._accepted(item)
            most = Money(item.paid_minor * accepted // item.ordered, self.case.currency)
            if Decimal(given[f"deduction-{item.line}"]) > most.decimal:
                self.add_error(f"deduction-{item.line}", _("最多可扣 %(most)s。") % {"most": most.decimal})
            if not given.get(f"deduction_reason-{item.line}"):
                self.add_error(f"deduction_reason-{item.line}", _("扣款须写明理由。"))

    def _accepted(self, item: ItemRow) -> int:
        value = self.cleaned_data.get(f"accepted-{item.line}")
        return self.received.get(item.line, 0) if value is None else int(value)


def serials_in(text: object) -> list[str]:
    """Serials as typed or scanned: one a line, or parted by commas or blanks."""
    return [part[:80] for part in str(text or "").replace("，", " ").replace(",", " ").split()][:200]


def _buttons(label: str, choices: Mapping[str, Text]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=_choices(choices), widget=forms.RadioSelect)


def _choices(choices: Mapping[str, Text]) -> list[tuple[str, str]]:
    return [(code, said(text)) for code, text in choices.items()]


def _serials(item: ItemRow) -> forms.CharField:
    box = forms.Textarea(attrs={
        "rows": max(1, min(4, item.missing)), "data-serials": " ".join(item.sold_serials), "autocapitalize": "characters",
        "autocomplete": "off", "spellcheck": "false",
    })  # fmt: skip
    return forms.CharField(label=_("序列号（扫描或输入，一行一个）"), max_length=2000, required=False, widget=box)
