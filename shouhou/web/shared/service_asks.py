"""What a service itself asks an applicant for, as fields beside the rest: drawn from `Applying.asks`, whatever the service."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from shouhou.foundation.workflow import Ask, Text, Workflow
from shouhou.logistics.network import Wanted, nearest
from shouhou.logistics.regions import region_code
from shouhou.orders.models import Order, OrderLine
from shouhou.orders.shop.port import ShopUnreachable, Variant, variants
from shouhou.plumbing.actor import Actor
from shouhou.policy.queries import calendar_now, compiled
from shouhou.policy.rules.spoiled import has_ladder, table
from shouhou.repairs.rules.faults import faults_of
from shouhou.repairs.rules.modes import MODES, modes_of
from shouhou.web.page import said
from shouhou.web.shared.moves import ItemFacts, MoveForm
from shouhou.web.templatetags.words import money

PREFIX = "a"
SPOILED = "spoiled_percent"
WITHIN_SECONDS = 1.5
POINTS_MOST = 8
OPEN_MOST = 6
# What a question is called where its choices are laid out, not typed in.
CALLED = {
    "wanted_sku": Text("换成哪一款", "Which one"), "point": Text("服务网点", "Service point"),
}  # fmt: skip
Goods = Sequence[OrderLine]
Choices = dict[str, str]


class AsksForm(MoveForm):
    """The same fields as a move's, under names of their own (`a-…`), so that they stand beside the application's."""

    def __init__(
        self, workflow: Workflow, items: Sequence[ItemFacts], *, actor: Actor, data: Any = None, files: Any = None,
        contact: Mapping[str, Any] | None = None, choices: Mapping[str, Choices] | None = None,
        kept: Mapping[str, Sequence[str]] | None = None, hidden: frozenset[str] = frozenset(),
        helps: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(
            [ask for ask in workflow.applying.asks if ask.field not in hidden], items=items, version=0, actor=actor, data=data, files=files,
            contact=contact,
            choices=choices, prefix=PREFIX,
        )  # fmt: skip
        self.workflow, self.hidden, self.helps = workflow, hidden, dict(helps or {})
        del self.fields["version"]
        for name, words in self.helps.items():
            self.fields[name].help_text = words
        for name, values in (kept or {}).items():
            if (plain := name.removeprefix(f"{PREFIX}-")) in self.fields and values:
                several = isinstance(self.fields[plain], forms.MultipleChoiceField)
                self.initial[plain] = list(values) if several else values[0]

    def judging(self, data: Any, files: Any = None) -> "AsksForm":
        """The same questions with what was sent, without looking the choices up again."""
        return AsksForm(
            self.workflow, self.items, actor=self.actor, data=data, files=files, contact=self.contact,
            choices={name: dict(found) for name, found in self.choices.items()}, hidden=self.hidden, helps=self.helps,
        )  # fmt: skip

    def answers(self) -> dict[str, object]:
        """The answers as the domain takes them, with the files that were uploaded at an earlier step. Call when valid."""
        for ask in self.asks:
            if ask.type == "files" and ask.field not in self.taken:
                self.taken[ask.field] = self._kept_tokens(ask)
        return super().answers()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for ask in self.asks:
            if ask.type == "files" and ask.required and not cleaned.get(ask.field) and not self._kept_tokens(ask):
                self.add_error(ask.field, _("请至少上传一个文件。"))
            elif ask.type == "items" and ask.required and not self._answer(ask):
                self.add_error(None, _("请写明每件商品缺少或要求的数量。"))
        if cleaned.get("wanted_sku"):
            cleaned["wanted"] = cleaned.get("wanted") or "variant"
        elif cleaned.get("wanted") == "variant" and "wanted_sku" in self.fields and "wanted_sku" not in self.errors:
            self.add_error("wanted_sku", _("请选择要换成哪一款。"))
        return cleaned

    def starts(self) -> dict[str, list[str]]:
        """What each field begins with, as a browser would send it."""
        return {
            self.add_prefix(name): [str(field.initial)]
            for name, field in self.fields.items() if field.initial not in (None, "", False)
        }  # fmt: skip

    def summary(self) -> list[tuple[str, str]]:
        """What was answered, in words. Call when valid."""
        answers, items = self.answers(), {item.line: item for item in self.items}
        return [(self._called(ask), self._words(ask, answers[ask.field], items)) for ask in self.asks if ask.field in answers]

    def taken_fields(self) -> dict[str, list[str]]:
        """The uploaded files as hidden fields of the next step."""
        return {f"{self.add_prefix(name)}-taken": tokens for name, tokens in self.taken.items()}

    def _called(self, ask: Ask) -> str:
        return said(CALLED[ask.field] if ask.field in CALLED and ask.field in self.choices else ask.label)

    def _words(self, ask: Ask, value: object, items: Mapping[int, ItemFacts]) -> str:
        if ask.field in self.choices:
            return self.choices[ask.field].get(str(value), str(value))
        match ask.type:
            case "choice":
                return said(ask.choices[str(value)]) if str(value) in ask.choices else str(value)
            case "money":
                return money(int(str(value)), self._currency)
            case "boolean":
                return _("是")
            case "files":
                return _("%(n)d 个文件") % {"n": len(value) if isinstance(value, list) else 1}
            case "checklist" if isinstance(value, Mapping):
                return _("；").join(said(ask.choices[code]) for code in value if code in ask.choices)
            case "address" if isinstance(value, Mapping):
                return " ".join(str(part) for part in value.values())
            case "items" if isinstance(value, list):
                return _("；").join(
                    f"{items[each['line']].title} × {each['quantity']}" + (f" {each['note']}" if each.get("note") else "")
                    for each in value
                )  # fmt: skip
        return str(value)

    def _fields(self, ask: Ask) -> list[tuple[str, forms.Field]]:
        """A short choice lies open, with nothing chosen for anybody."""
        found = super()._fields(ask)
        for _name, field in found:
            if ask.field in self.choices:
                field.label = self._called(ask)
            if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.MultipleChoiceField):
                real = list((self.choices.get(ask.field) or {code: said(text) for code, text in ask.choices.items()}).items())
                if len(real) <= OPEN_MOST:
                    field.widget = forms.RadioSelect()
                    field.choices = real
        return found

    def _item_fields(self, item: ItemFacts) -> list[tuple[str, forms.Field]]:
        """Of each line so many units, and what exactly."""
        name = f"items-{item.line}-"
        return [
            (f"{name}quantity", forms.IntegerField(label=_("数量"), min_value=0, max_value=item.quantity, required=False)),
            (f"{name}note", forms.CharField(label=_("哪些部分"), max_length=120, required=False)),
        ]

    def _answer(self, ask: Ask) -> object:
        if ask.type != "items":
            return super()._answer(ask)
        given = getattr(self, "cleaned_data", {})
        rows = [
            {"line": item.line, "quantity": given.get(f"items-{item.line}-quantity") or 0,
             "note": given.get(f"items-{item.line}-note") or ""}
            for item in self.items
        ]  # fmt: skip
        return [{name: value for name, value in row.items() if value != ""} for row in rows if row["quantity"] or row["note"]]


def asks_form(
    workflow: Workflow, order: Order, lines: Goods, quantities: Mapping[int, int], *, actor: Actor, now: datetime,
    data: Any = None, files: Any = None, kept: Mapping[str, Sequence[str]] | None = None,
) -> AsksForm:  # fmt: skip
    """The service's questions for these goods; choices that are the day's or the goods' own are looked up."""
    address = order.address or {}
    items = [ItemFacts(line.line, line.title, quantities.get(line.line) or 1, 0, order.currency) for line in lines]
    choices = {
        ask.field: found
        for ask in workflow.applying.asks
        if ask.field in OFFERS and (found := OFFERS[ask.field](order, lines, now))
    }
    steps = spoiled_words(order, lines) if any(ask.field == SPOILED for ask in workflow.applying.asks) else ""
    return AsksForm(
        workflow, items, actor=actor, data=data, files=files, choices=choices, kept=kept,
        hidden=frozenset() if steps else frozenset({SPOILED}), helps={SPOILED: steps} if steps else None,
        contact={"name": address.get("contact"), "phone": address.get("phone"), "region": address.get("region"),
                 "address": address.get("address")},
    )  # fmt: skip


def spoiled_words(order: Order, lines: Goods) -> str:
    """The table by which spoiled goods are refunded, from the order's own book; empty for goods that have none."""
    terms = compiled(order.book, order.book_version).terms
    if not all(has_ladder(line.category, terms) for line in lines):
        return ""
    rows = [
        _("不超过 %(share)d%% 退 %(part)d%%") % {"share": share, "part": part} if share is not None
        else _("更多的退 %(part)d%%") % {"part": part}
        for share, part in table(terms)
    ]  # fmt: skip
    return _("坏掉的部分占所选商品的百分比：") + _("；").join(rows) + _("。商品不用寄回。")


def variants_of(lines: Goods) -> list[Variant]:
    """What the one article can be exchanged for; empty for several articles, or when the shop does not answer in time."""
    if len({line.sku for line in lines}) != 1:
        return []
    try:
        found = variants(lines[0].sku, within_seconds=WITHIN_SECONDS)
    except ShopUnreachable:
        return []
    return [each for each in found if each.sku != lines[0].sku and each.kind == "variant"]


def costs_more(variant: Variant, line: OrderLine) -> int:
    """What one of it costs more (+) or less (−) than was paid for one."""
    return variant.price_minor - line.paid_minor // line.quantity


def _variants(order: Order, lines: Goods, now: datetime) -> Choices:
    return {each.sku: _variant_words(each, lines[0], order.currency) for each in variants_of(lines)}


def _variant_words(each: Variant, line: OrderLine, currency: str) -> str:
    """Title, what it costs more or less than what was paid for one, and whether it is there."""
    difference = costs_more(each, line)
    words = [each.title or each.sku]
    if difference > 0:
        words.append(_("需补 %(amount)s") % {"amount": money(difference, currency)})
    elif difference < 0:
        words.append(_("便宜 %(amount)s") % {"amount": money(-difference, currency)})
    else:
        words.append(_("无差价"))
    words.append(_("有货") if each.quantity > 0 else _("无货"))
    return " · ".join(words)


def _modes(order: Order, lines: Goods, now: datetime) -> Choices:
    """How goods of this kind can be repaired, the recommended way first."""
    return {mode: said(MODES[mode]) for mode in modes_of(lines[0].category)}


def _faults(order: Order, lines: Goods, now: datetime) -> Choices:
    return {fault.code: said(fault.label) for fault in faults_of(lines[0].category)}


def _points(order: Order, lines: Goods, now: datetime) -> Choices:
    """Where it can be brought, the nearest to the order's address first."""
    code = region_code(order.address)
    if not code:
        return {}
    kinds = tuple(sorted({line.category for line in lines}))
    wanted = Wanted(services=("walk_in_repair",), categories=kinds, merchant_id=order.merchant_id)
    found = nearest(at=now, calendar=calendar_now(), region_code=code, wanted=wanted, limit=POINTS_MOST)
    return {each.code: f"{said(each.name)} · {said(each.address)}" for each in found}


OFFERS: dict[str, Callable[[Order, Goods, datetime], Choices]] = {
    "wanted_sku": _variants, "mode": _modes, "fault_code": _faults, "point": _points,
}  # fmt: skip
"""Answers whose choices depend on the goods or the day; without one the workflow's own choices stand, or a text field."""

__all__ = ["AsksForm", "asks_form", "costs_more", "variants_of"]
