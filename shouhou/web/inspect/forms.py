"""The steps of an inspection as forms: big choices, numbers, serials; what they say is given as the domain takes it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouhou.cases.checklists import ANSWERS, checklist_for, common_checks
from shouhou.cases.rows import CaseRow, ItemRow
from shouhou.cases.workflows.asks import CHECKS, STATES_OF_GOODS
from shouhou.foundation.workflow import Text
from shouhou.web.page import said
from shouhou.web.shared.moves import ACCEPT, FilesField, FilesInput

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
        fields: list[tuple[str, forms.Field]] = [(name, buttons(label, STATES_OF_GOODS)) for name, label in words.items()]
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
            (f"{point.code}-{item.line}", buttons(said(point.label), ANSWERS))
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


def serials_in(text: object) -> list[str]:
    """Serials as typed or scanned: one a line, or parted by commas or blanks."""
    return [part[:80] for part in str(text or "").replace("，", " ").replace(",", " ").split()][:200]


def buttons(label: str, choices: Mapping[str, Text]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=pairs(choices), widget=forms.RadioSelect)


def pairs(choices: Mapping[str, Text]) -> list[tuple[str, str]]:
    return [(code, said(text)) for code, text in choices.items()]


def _serials(item: ItemRow) -> forms.CharField:
    box = forms.Textarea(attrs={
        "rows": max(1, min(4, item.missing)), "data-serials": " ".join(item.sold_serials), "autocapitalize": "characters",
        "autocomplete": "off", "spellcheck": "false",
    })  # fmt: skip
    return forms.CharField(label=_("序列号（扫描或输入，一行一个）"), max_length=2000, required=False, widget=box)
