"""What an application would come to beyond a refund: a price difference, a repair's process and cost, an amount promised."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from shouhou.cases.reasons import FAMILY
from shouhou.orders.models import Order, OrderLine
from shouhou.policy.queries import compiled
from shouhou.repairs.rules.process import CONDITIONS, PROCESS, WARNING, published
from shouhou.web.page import language, said
from shouhou.web.shared.apply import ApplyForm
from shouhou.web.shared.price_terms import left_out
from shouhou.web.shared.service_asks import costs_more, variants_of
from shouhou.web.templatetags.words import money


@dataclass(frozen=True, slots=True)
class Card:
    """A card of the last step: facts, then sentences; `warning` stands out, `steps` are numbered."""

    title: str
    rows: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    warning: str = ""


# Reasons of the same service for which nothing is broken.
NO_REPAIR = frozenset({"installation", "maintenance", "usage"})
Made = Callable[[ApplyForm, Sequence[OrderLine], Mapping[str, Any]], Card | None]


def service_preview(form: ApplyForm, lines: Sequence[OrderLine], outcome: Mapping[str, Any], *, now: datetime) -> list[Card]:
    """The cards that the service has; none for one that only refunds."""
    made = [CARDS[form.workflow.service](form, lines, outcome)] if form.workflow.service in CARDS else []
    promise = (outcome.get("details") or {}).get("promise") or {}
    if promise.get("amount"):
        made.append(Card(_("预计金额"), ((_("按现在的情况"), money(promise["amount"], form.order.currency)),)))
    return [card for card in made if card is not None]


def repair_card(order: Order, category: str) -> Card:
    """Process with durations, cost and the warning, said before a repair is applied for (REP-09, REP-14)."""
    terms = compiled(order.book, order.book_version).terms
    days = partial(terms.number, channel=order.channel, category=category)
    told = published(category, days=days, in_warranty=False, language=language())
    free = _("保修期内的质量问题免费（零件、人工、往返运费）；不在保的先报价，您同意并付款后才开始。")
    return Card(
        _("维修怎么进行"),
        (
            (_("通常需要"), _("%(days)s 天") % {"days": told["period_days"]}),
            (_("最长不超过"), _("%(days)s 天，超期可换货") % {"days": told["longest_days"]}),
            (_("费用"), free), (_("修后保障"), _("%(days)s 天") % {"days": told["guarantee_days"]}),
        ),
        tuple(said(each) for each in CONDITIONS[2:]),
        tuple(f"{said(step.label)}{_('（')}{said(step.who)}{_('）')}" for step in PROCESS), said(WARNING),
    )  # fmt: skip


def _exchange(form: ApplyForm, lines: Sequence[OrderLine], outcome: Mapping[str, Any]) -> Card | None:
    """What the other variant costs more or less, as the shop says now; it is settled when the goods were accepted."""
    wanted = form.asks.answers().get("wanted_sku") if form.asks.is_bound else None
    notes = (_("旧品验收通过后预留新品，48 小时内发出；无货时可选替代商品或退款。"),)
    variant = next((each for each in variants_of(lines) if each.sku == wanted), None) if wanted else None
    if variant is None:
        return Card(_("换货怎么进行"), ((_("价差"), _("同款换新，无差价")),) if not wanted else (), notes)
    units = sum(form.cleaned_data.get(f"q{line.line}") or 1 for line in lines)
    difference = costs_more(variant, lines[0]) * units
    if difference > 0:
        told = _("需补 %(amount)s，验收通过后支付") % {"amount": money(difference, form.order.currency)}
    elif difference < 0:
        told = _("新品便宜 %(amount)s，验收通过后退还差额") % {"amount": money(-difference, form.order.currency)}
    else:
        told = _("无差价")
    rows = ((_("换成"), variant.title or variant.sku), (_("现在有货"), _("是") if variant.quantity > 0 else _("无货，可等待或选替代商品")))
    return Card(_("换货怎么进行"), (*rows, (_("价差"), told)), (*notes, _("价格以验收时为准。")))


def _repair(form: ApplyForm, lines: Sequence[OrderLine], outcome: Mapping[str, Any]) -> Card | None:
    family = FAMILY.get(str(form.cleaned_data.get("reason", "")))
    if family is None or family.code not in NO_REPAIR:
        return repair_card(form.order, lines[0].category)
    free = _("能免费办的当场说明；要收费的先报价，您同意并付款后才开始。")
    booked = _("审核通过后由您选择时间，可以改约。")
    notes = (_("安装完成后，保修从安装之日起计算。"),) if family.code == "installation" else ()
    return Card(_("怎么进行"), ((_("时间"), booked), (_("费用"), free)), notes)


def _price_protection(form: ApplyForm, lines: Sequence[OrderLine], outcome: Mapping[str, Any]) -> Card | None:
    """What is compared, and which prices do not count: said before applying."""
    return _before_price_protection(form.order, "")


def _before_repair(order: Order, category: str) -> Card:
    whole = repair_card(order, category)
    return Card(whole.title, whole.rows[:2], (), whole.steps, whole.warning)


def _before_price_protection(order: Order, category: str) -> Card:
    return Card(_("价保怎么比较"), (), (_("与您实付的单价比较；以下价格不计入："), *left_out(order.book, order.book_version)))


CARDS: dict[str, Made] = {"exchange": _exchange, "repair": _repair, "price_protection": _price_protection}
BEFORE: dict[str, Callable[[Order, str], Card]] = {"repair": _before_repair, "price_protection": _before_price_protection}
"""What must be known before anything is filled in, by the category of the goods (REP-14)."""
