"""The verdict over what was graded: accept all, a part, with a deduction, or nothing."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from shouhou.cases.rows import CaseRow, ItemRow
from shouhou.cases.workflows.asks import DISPOSITIONS, GRADES, REJECTION_REASONS
from shouhou.foundation.money import Money
from shouhou.foundation.workflow import Text
from shouhou.web.inspect.forms import StepForm, buttons, pairs
from shouhou.web.inspect.grading import field_name
from shouhou.web.page import said

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


class VerdictForm(StepForm):
    """Accept, accept a part, deduct or reject; what the other verdicts would need is not asked."""

    def __init__(
        self, case: CaseRow, *args: Any, received: Mapping[int, int], clauses: Sequence[tuple[str, str]],
        splits: Mapping[int, Sequence[Mapping[str, Any]]], **kwargs: Any,
    ) -> None:  # fmt: skip
        """`splits` are the parts by line where a line was split: their quantities and what is taken back are settled."""
        self.received, self.clauses, self.splits = received, clauses, splits
        super().__init__(case, *args, **kwargs)

    def made(self) -> list[tuple[str, forms.Field]]:
        fields: list[tuple[str, forms.Field]] = [("verdict", buttons(_("结论"), VERDICTS))]
        for item in self.items:
            most = self.received.get(item.line, 0)
            if item.line not in self.splits:
                fields.append((f"accepted-{item.line}", forms.IntegerField(
                    label=_("通过数量"), min_value=0, max_value=most, initial=most, required=False)))  # fmt: skip
            for part in self._cut(item):
                fields += [
                    (field_name("deduction", item.line, part), forms.DecimalField(
                        label=_("扣款金额"), min_value=0, max_digits=12, decimal_places=2, required=False)),
                    (field_name("deduction_reason", item.line, part), forms.CharField(
                        label=_("扣款理由"), max_length=300, required=False)),
                ]  # fmt: skip
        reasons = {"": Text("请选择", "Choose"), **REJECTION_REASONS}
        return [
            *fields,
            ("reason_code", forms.ChoiceField(label=_("不通过的理由"), choices=pairs(reasons), required=False)),
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
        home = any(unit["verdict"] == "rejected" for units in self.splits.values() for unit in units)
        if verdict == "accept" and home:
            self.add_error("verdict", _("有退回消费者的份，请选择“部分通过”，或回到上一步修改。"))
        if verdict in ("part", "deduct") and not any(self._accepted(item) for item in self.items):
            self.add_error("verdict", _("没有一件通过，请选择“不通过”。"))
        if verdict == "part" and all(self._accepted(item) == self.received.get(item.line) for item in self.items):
            self.add_error("verdict", _("每件都通过了，请减少通过数量，或选择“全部通过”。"))
        if verdict == "deduct":
            self._clean_deductions(given)
        return given

    def rows(self) -> list[dict[str, Any]]:
        return [
            {
                "item": item, "received": self.received.get(item.line, 0),
                "accepted": None if item.line in self.splits else self[f"accepted-{item.line}"],
                "cuts": [
                    {"deduction": self[field_name("deduction", item.line, part)], "about": self._about(item, part),
                     "reason": self[field_name("deduction_reason", item.line, part)]}
                    for part in self._cut(item)
                ],
                "home": [self._about(item, part) for part, unit in self._parts(item) if unit["verdict"] == "rejected"],
            }
            for item in self.items
        ]  # fmt: skip

    def options(self) -> list[dict[str, Any]]:
        """The verdict's choices with what each of them leads to."""
        return [
            {"tag": option.tag(), "label": option.choice_label, "id": option.id_for_label, "help": said(VERDICT_HELP[code])}
            for (code, _label), option in zip(pairs(VERDICTS), self["verdict"], strict=True)
        ]

    @property
    def kind(self) -> str:
        return str(self.cleaned_data["verdict"])

    def finding(self, item: ItemRow) -> dict[str, object]:
        """Accepted quantity and deduction of an item whose units are all alike, for the verdict that was chosen."""
        if self.kind == "accept":
            return {"line": item.line, "accepted": self.received.get(item.line, 0)}
        return {"line": item.line, "accepted": self._accepted(item), **self.cut(item, 1)}

    def cut(self, item: ItemRow, part: int) -> dict[str, object]:
        """What is deducted of the part, with its reason; nothing where another verdict was chosen."""
        deduction = self.cleaned_data.get(field_name("deduction", item.line, part))
        if self.kind != "deduct" or not deduction:
            return {}
        reason = self.cleaned_data.get(field_name("deduction_reason", item.line, part)) or ""
        return {"deduction": Money.of(deduction, self.case.currency).minor, "deduction_reason": reason}

    def _clean_deductions(self, given: Mapping[str, Any]) -> None:
        cuts = [(item, part) for item in self.items for part in self._cut(item) if given.get(field_name("deduction", item.line, part))]
        if not cuts:
            self.add_error("verdict", _("请至少填写一项扣款金额。"))
        for item, part in cuts:
            name, units = field_name("deduction", item.line, part), dict(self._parts(item))
            quantity = units[part]["quantity"] if units else self._accepted(item)
            most = Money(item.paid_minor * quantity // item.ordered, self.case.currency)
            if Decimal(given[name]) > most.decimal:
                self.add_error(name, _("最多可扣 %(most)s。") % {"most": most.decimal})
            if not given.get(field_name("deduction_reason", item.line, part)):
                self.add_error(field_name("deduction_reason", item.line, part), _("扣款须写明理由。"))

    def _accepted(self, item: ItemRow) -> int:
        if item.line in self.splits:
            return sum(unit["quantity"] for unit in self.splits[item.line] if unit["verdict"] == "accepted")
        value = self.cleaned_data.get(f"accepted-{item.line}")
        return self.received.get(item.line, 0) if value is None else int(value)

    def _parts(self, item: ItemRow) -> list[tuple[int, Mapping[str, Any]]]:
        return list(enumerate(self.splits.get(item.line, ()), 1))

    def _cut(self, item: ItemRow) -> list[int]:
        """The parts that money may be cut of: all but those that go home; units all alike are one part."""
        if item.line not in self.splits:
            return [1]
        return [part for part, unit in self._parts(item) if unit["verdict"] == "accepted"]

    def _about(self, item: ItemRow, part: int) -> str:
        """The part in words; empty where nothing was split."""
        if item.line not in self.splits:
            return ""
        unit = self.splits[item.line][part - 1]
        return f"{unit['quantity']} × {said(GRADES[unit['grade']])} · {said(DISPOSITIONS[unit['disposition']])}"
