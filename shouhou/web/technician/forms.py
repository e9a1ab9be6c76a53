"""The bench's forms: what the workflow asks for, with the unit's own faults, checks, modes and places, parts and lines row by row."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from shouhou.cases.rows import CaseRow
from shouhou.foundation.money import Money
from shouhou.foundation.workflow import Ask, Move, Text
from shouhou.logistics.network import Wanted, nearest
from shouhou.plumbing.actor import Actor
from shouhou.policy.queries import calendar_now
from shouhou.repairs.models import WorkOrder
from shouhou.repairs.rules.faults import checks_of, faults_of
from shouhou.repairs.rules.modes import MODES, modes_of
from shouhou.web.page import said
from shouhou.web.shared.moves import MoveForm

PART_ROWS, LINE_ROWS = 4, 8
# So many rows are open from the start; the others unfold.
PART_FIRST, LINE_FIRST = 2, 3
FEES = frozenset({"parts_fee", "labour_fee"})
# Who fetches it is checked by the counter's own form; at the consumer's home there is nothing to check.
AT_THE_COUNTER = frozenset({"code", "checked"})
LINE_KINDS = {"part": Text("零件", "part"), "labour": Text("人工", "labour")}
POINTS_MOST = 50


class BenchForm(MoveForm):
    """A move of a repair. Items are parts replaced, or the lines of a quote, which add up to its two sums."""

    def __init__(
        self, move: Move, order: WorkOrder, case: CaseRow, *, actor: Actor, now: datetime, data: Any = None, files: Any = None
    ) -> None:  # fmt: skip
        self.order, self.currency = order, case.currency
        self.quoting = any(ask.field in FEES for ask in move.asks)
        super().__init__(
            [ask for ask in move.asks if ask.field not in FEES | AT_THE_COUNTER], items=(), version=case.version, actor=actor, data=data,
            files=files, choices=_choices(move, order, case, now=now),
        )  # fmt: skip
        self.auto_id = f"{move.name}_%s"

    def row_groups(self) -> list[dict[str, Any]]:
        """The rows that are open at once, and those that unfold (open when something stands in them)."""
        names, first, most = ("what", "kind", "amount"), LINE_FIRST, LINE_ROWS
        if not self.quoting:
            names, first, most = ("part", "old_serial", "new_serial"), PART_FIRST, PART_ROWS
        rows = [[self[f"{name}-{row}"] for name in names] for row in range(most)]
        used = any(row[0].value() or row[2].value() or row[0].errors or row[2].errors for row in rows[first:])
        return [{"rows": rows[:first], "more": False, "open": True}, {"rows": rows[first:], "more": True, "open": used}]

    @property
    def records_parts(self) -> bool:
        return any(ask.type == "items" for ask in self.asks) and not self.quoting

    def plain_fields(self) -> list[forms.BoundField]:
        rows = tuple(f"{name}-" for name in ("part", "old_serial", "new_serial", "what", "kind", "amount"))
        return [bound for bound in super().plain_fields() if not bound.name.startswith(rows)]

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if self.quoting:
            self._check_lines(given)
        elif self.records_parts:
            for row in range(PART_ROWS):
                if any(given.get(f"{name}-{row}") for name in ("old_serial", "new_serial")) and not given.get(f"part-{row}"):
                    self.add_error(f"part-{row}", _("请填写配件名称。"))
        return given

    def answers(self) -> dict[str, object]:
        found = super().answers()
        if self.quoting:
            found |= {"parts_fee": self.total("part"), "labour_fee": self.total("labour"), "lines": self.lines()}
        return found

    def lines(self) -> list[dict[str, object]]:
        """The lines of the quote, each with its amount in minor units. Call when valid."""
        return [
            {"what": self.cleaned_data[f"what-{row}"], "kind": self._kind(row), "amount": self._minor(row)}
            for row in range(LINE_ROWS) if self.cleaned_data.get(f"what-{row}")
        ]  # fmt: skip

    def total(self, kind: str = "") -> int:
        """What parts, labour, or everything come to, in minor units. Call when valid."""
        return sum(
            self._minor(row) for row in range(LINE_ROWS)
            if self.cleaned_data.get(f"what-{row}") and kind in ("", self._kind(row))
        )  # fmt: skip

    def _kind(self, row: int) -> str:
        return self.cleaned_data.get(f"kind-{row}") or "part"

    def _minor(self, row: int) -> int:
        return Money.of(self.cleaned_data.get(f"amount-{row}") or 0, self.currency).minor

    def _check_lines(self, given: Mapping[str, Any]) -> None:
        for row in range(LINE_ROWS):
            what, amount = given.get(f"what-{row}"), given.get(f"amount-{row}")
            if amount is not None and not what:
                self.add_error(f"what-{row}", _("请写明项目。"))
            if what and amount is None and f"amount-{row}" not in self.errors:
                self.add_error(f"amount-{row}", _("请填写金额，不收费填 0。"))
        if not any(given.get(f"what-{row}") for row in range(LINE_ROWS)):
            self.add_error("what-0", _("请至少填写一行。"))

    def _fields(self, ask: Ask) -> list[tuple[str, forms.Field]]:
        if ask.type != "items":
            found = super()._fields(ask)
            return [_big(ask, found[0], self.order)] if ask.field in ("checklist", "finding", "cause") else found
        if not self.quoting:
            words = {"part": _("配件"), "old_serial": _("旧序列号"), "new_serial": _("新序列号")}
            return [
                (f"{name}-{row}", forms.CharField(label=text, max_length=120, required=False))
                for row in range(PART_ROWS) for name, text in words.items()
            ]  # fmt: skip
        kinds = [(code, said(text)) for code, text in LINE_KINDS.items()]
        fields: list[tuple[str, forms.Field]] = []
        for row in range(LINE_ROWS):
            fields += [
                (f"what-{row}", forms.CharField(label=_("项目"), max_length=120, required=False)),
                (f"kind-{row}", forms.ChoiceField(label=_("类别"), choices=kinds, required=False)),
                (f"amount-{row}", forms.DecimalField(label=_("金额"), min_value=0, max_digits=9, decimal_places=2, required=False)),
            ]
        return fields

    def _answer(self, ask: Ask) -> object:
        if ask.type != "items":
            return super()._answer(ask)
        if self.quoting:
            return self.lines()
        given = self.cleaned_data
        return [
            {name: given.get(f"{name}-{row}") or "" for name in ("part", "old_serial", "new_serial")}
            for row in range(PART_ROWS) if given.get(f"part-{row}")
        ]  # fmt: skip


def _big(ask: Ask, made: tuple[str, forms.Field], order: WorkOrder) -> tuple[str, forms.Field]:
    """Large buttons instead of a list; of the checklist only what this kind of goods is checked for."""
    name, field = made
    if ask.type == "checklist":
        choices = [(code, said(text)) for code, text in checks_of(order.category).items()]
        return name, forms.MultipleChoiceField(
            choices=choices, widget=forms.CheckboxSelectMultiple, label=field.label, help_text=_("不勾选即为不合格，将退回维修。"),
            required=False,
        )  # fmt: skip
    plain = [(code, said(text)) for code, text in ask.choices.items()]
    return name, forms.ChoiceField(
        choices=plain, widget=forms.RadioSelect, label=field.label, help_text=field.help_text, required=ask.required
    )


def _choices(move: Move, order: WorkOrder, case: CaseRow, *, now: datetime) -> dict[str, Mapping[str, str]]:
    """What can be chosen for this unit: its faults, its modes, the points that take it in."""
    asked = {ask.field for ask in move.asks}
    found: dict[str, Mapping[str, str]] = {}
    if "fault_code" in asked:
        found["fault_code"] = {fault.code: said(fault.label) for fault in faults_of(order.category)}
    if "mode" in asked:
        found["mode"] = {mode: said(MODES[mode]) for mode in modes_of(order.category)}
    if "point" in asked:
        wanted = Wanted(services=("walk_in_repair",), categories=(order.category,), merchant_id=case.merchant_id)
        region = str(case.contact.get("region_code", ""))
        near = nearest(at=now, calendar=calendar_now(), region_code=region, wanted=wanted, limit=POINTS_MOST)
        found["point"] = {place.code: said(place.name) for place in near}
    return found


def bench_form(
    move: Move, order: WorkOrder, case: CaseRow, *, actor: Actor, now: datetime, data: Any = None, files: Any = None
) -> BenchForm:  # fmt: skip
    """The move's form for this unit, with what is known already filled in."""
    form = BenchForm(move, order, case, actor=actor, now=now, data=data, files=files)
    known: dict[str, object] = {"fault_code": order.fault, "mode": order.mode, "point": order.point_code}
    for name, value in known.items():
        if name in form.fields and value and not form.is_bound:
            form.initial[name] = value
    return form

