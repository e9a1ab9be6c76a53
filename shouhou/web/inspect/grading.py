"""Grade and way of each item: all units alike, or split into parts that differ; what is split can be joined again."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from shouhou.cases.rows import CaseRow, ItemRow
from shouhou.cases.workflows.asks import DISPOSITIONS, GRADES, REJECTION_REASONS
from shouhou.foundation.workflow import Text
from shouhou.web.inspect.forms import StepForm, buttons, pairs
from shouhou.web.page import said

PARTS_MAX = 20
EACH_MAX = 10
HOME = "consumer"
SHAPING = "shaping"
"""In a draft: the parts were just changed, nobody has said that they are filled in."""


def field_name(name: str, line: int, part: int) -> str:
    """The first part keeps the plain name, so that units all alike are one field each."""
    return f"{name}-{line}" if part == 1 else f"{name}-{line}-{part}"


def reshaped(data: QueryDict, *, received: dict[int, int]) -> QueryDict | None:
    """The sent form with a part more ("split"), one less ("join") or a part per unit ("each"); None when none was asked for."""
    for deed in ("split", "join", "each"):
        line, _dash, part = data.get(deed, "").partition("-")
        if line.isdigit() and int(line) in received:
            changed = data.copy()
            changed.pop(deed)
            changed[SHAPING] = "1"
            at = int(line)
            count = part_count(data, at, received[at])
            if deed == "split":
                _split(changed, at, count, received[at])
            elif deed == "each":
                _each(changed, at, count, received[at])
            else:
                _join(changed, at, count, int(part) if part.isdigit() else count)
            return changed
    return None


def part_count(data: Any, line: int, received: int) -> int:
    told = str(data.get(f"parts-{line}", "") or "") if data else ""
    count = int(told) if told.isascii() and told.isdigit() and len(told) < 4 else 1
    return max(1, min(count, received, PARTS_MAX))


class GradeForm(StepForm):
    """Grade and way of each part; a part that goes back to the consumer is not accepted and says why."""

    def __init__(
        self, case: CaseRow, *args: Any, received: dict[int, int], seen: dict[int, list[str]], **kwargs: Any
    ) -> None:  # fmt: skip
        self.received, self.seen = received, seen
        super().__init__(case, *args, **kwargs)

    def made(self) -> list[tuple[str, forms.Field]]:
        ways = pairs({"": Text("按成色", "by its grade"), **DISPOSITIONS})
        reasons = pairs({"": Text("请选择", "Choose"), **REJECTION_REASONS})
        fields: list[tuple[str, forms.Field]] = []
        for item in self.items:
            most, count = self.received[item.line], self.count(item)
            for part in range(1, count + 1):
                fields.append((field_name("grade", item.line, part), buttons(_("成色"), GRADES)))
                way = forms.ChoiceField(label=_("去向"), choices=ways, required=False)
                fields.append((field_name("disposition", item.line, part), way))
                if count > 1:
                    amount = forms.IntegerField(label=_("件数"), min_value=1, max_value=most)
                    amount.widget.attrs["inputmode"] = "numeric"
                    why = forms.ChoiceField(label=_("不通过的理由"), choices=reasons, required=False)
                    fields += [(field_name("quantity", item.line, part), amount), (field_name("reason", item.line, part), why)]
                    if self.seen.get(item.line):
                        serials = forms.MultipleChoiceField(
                            label=_("这一份的序列号"), required=False, widget=forms.CheckboxSelectMultiple,
                            choices=[(serial, serial) for serial in dict.fromkeys(self.seen[item.line])],
                        )  # fmt: skip
                        fields.append((field_name("serials", item.line, part), serials))
        return fields

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for item in self.items:
            for part in range(1, self.count(item) + 1):
                self._clean_part(item, part)
            if self.split(item):
                self._clean_sum(item)
        return given

    def count(self, item: ItemRow) -> int:
        return part_count(self.data or self.initial, item.line, self.received[item.line])

    def split(self, item: ItemRow) -> bool:
        return self.count(item) > 1

    def rows(self) -> list[dict[str, Any]]:
        """What the page shows: items with their parts' fields."""
        return [
            {
                "item": item, "received": self.received[item.line], "count": self.count(item), "split": self.split(item),
                "may_split": self.count(item) < min(self.received[item.line], PARTS_MAX),
                "may_each": self.count(item) < self.received[item.line] <= EACH_MAX,
                "parts": [self._part_row(item, part) for part in range(1, self.count(item) + 1)],
            }
            for item in self.items
        ]  # fmt: skip

    def graded(self, item: ItemRow) -> dict[str, str]:
        """Units all alike."""
        found = {"grade": str(self._of("grade", item, 1))}
        if way := self._of("disposition", item, 1):
            found["disposition"] = str(way)
        return found

    def units(self, item: ItemRow) -> list[dict[str, Any]]:
        """The parts of a split item, as the inspection takes them."""
        found = []
        for part in range(1, self.count(item) + 1):
            grade, way = str(self._of("grade", item, part)), self._of("disposition", item, part)
            unit: dict[str, Any] = {"quantity": self._of("quantity", item, part), "grade": grade, "verdict": "accepted"}
            unit["disposition"] = str(way) if way else "restock" if grade == "A" else "open_box"
            if way == HOME:
                unit |= {"verdict": "rejected", "reason": str(self._of("reason", item, part))}
            if serials := self._of("serials", item, part):
                unit["serials"] = list(serials)
            found.append(unit)
        return found

    def _part_row(self, item: ItemRow, part: int) -> dict[str, Any]:
        names = {name: field_name(name, item.line, part) for name in ("grade", "disposition", "quantity", "reason", "serials")}
        return {"number": part, **{name: self[field] for name, field in names.items() if field in self.fields}}

    def _of(self, name: str, item: ItemRow, part: int) -> Any:
        return self.cleaned_data.get(field_name(name, item.line, part))

    def _clean_part(self, item: ItemRow, part: int) -> None:
        grade, way = self._of("grade", item, part) or "A", self._of("disposition", item, part)
        if way == "restock" and grade != "A":
            self.add_error(field_name("disposition", item.line, part), _("只有成色 A 才能重新入库。"))
        if not self.split(item):
            return
        if way == HOME and not self._of("reason", item, part):
            self.add_error(field_name("reason", item.line, part), _("请选择不通过的理由。"))
        serials, quantity = self._of("serials", item, part) or [], self._of("quantity", item, part)
        before = {serial for other in range(1, part) for serial in self._of("serials", item, other) or []}
        if quantity and len(serials) > quantity:
            self.add_error(field_name("serials", item.line, part), _("序列号比件数多。"))
        elif before & set(serials):
            self.add_error(field_name("serials", item.line, part), _("这个序列号已在另一份里。"))

    def _clean_sum(self, item: ItemRow) -> None:
        count = self.count(item)
        amounts = [self._of("quantity", item, part) for part in range(1, count + 1)]
        if None not in amounts and sum(amounts) != self.received[item.line]:
            told = {"n": sum(amounts), "received": self.received[item.line]}
            self.add_error(field_name("quantity", item.line, count), _("各份合计 %(n)s 件，收到 %(received)s 件，须相等。") % told)


def _split(data: QueryDict, line: int, count: int, received: int) -> None:
    """One part more, with one unit of the largest part."""
    if count >= min(received, PARTS_MAX):
        return
    amounts = _amounts(data, line, count, received)
    largest = amounts.index(max(amounts))
    amounts[largest] = max(1, amounts[largest] - 1)
    _put(data, line, [*amounts, 1])


def _each(data: QueryDict, line: int, count: int, received: int) -> None:
    """Every unit for itself; what was said of the first stands for those that nothing was said of."""
    if received > EACH_MAX:
        return
    for part in range(count + 1, received + 1):
        for name in ("grade", "disposition"):
            data[field_name(name, line, part)] = data.get(field_name(name, line, 1), "")
    _put(data, line, [1] * received)


def _join(data: QueryDict, line: int, count: int, gone: int) -> None:
    """The part goes, its units to the first one; those behind it move up."""
    if count < 2 or not 1 < gone <= count:
        return
    amounts = _amounts(data, line, count, 0)
    amounts[0] += amounts[gone - 1]
    for part in range(gone, count):
        for name in ("grade", "disposition", "reason", "serials"):
            data.setlist(field_name(name, line, part), data.getlist(field_name(name, line, part + 1)))
    for name in ("grade", "disposition", "reason", "serials", "quantity"):
        data.pop(field_name(name, line, count), None)
    _put(data, line, amounts[: gone - 1] + amounts[gone:])


def _amounts(data: QueryDict, line: int, count: int, received: int) -> list[int]:
    told = [data.get(field_name("quantity", line, part), "") for part in range(1, count + 1)]
    amounts = [int(each) if each.isascii() and each.isdigit() and len(each) < 7 else 1 for each in told]
    return [received] if count == 1 else amounts


def _put(data: QueryDict, line: int, amounts: list[int]) -> None:
    data[f"parts-{line}"] = str(len(amounts))
    for part, amount in enumerate(amounts, 1):
        data[field_name("quantity", line, part)] = str(amount)


def reason_said(code: str) -> str:
    return said(REJECTION_REASONS[code]) if code in REJECTION_REASONS else ""
