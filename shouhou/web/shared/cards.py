"""A scorecard as pages, files and pictures show it: every figure with its formula and cohort beside it."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from shouhou.cases.reasons import FAMILY
from shouhou.foundation.money import Money
from shouhou.merchants.models import Merchant
from shouhou.plumbing.actor import Actor
from shouhou.sla import ports
from shouhou.sla.access import cards_of
from shouhou.sla.models import Scorecard
from shouhou.sla.queries.figures import month_figures
from shouhou.sla.rules.card import PRINTED
from shouhou.web.page import said
from shouhou.web.shared.clocks import clause_words, kind_words
from shouhou.web.shared.export import Cell, Column

RESULTS = {"pass": "good", "fail": "bad", "not_assessable": "plain"}
MONTHS_SHOWN = 6


def card_for(merchant: Merchant, month: date, *, actor: Actor, version: int | None = None) -> tuple[Scorecard | None, dict[str, Any]]:
    """The closed card (its newest version unless one is named), or None and the figures of now while the month runs."""
    kept = cards_of(actor).filter(merchant=merchant, month=month)
    card = (kept.filter(version=version) if version else kept.order_by("-version")).first()
    return card, card.figures if card else month_figures(merchant.pk, month)


def card_words(merchant: Merchant, month: date, *, actor: Actor, version: int | None = None) -> dict[str, Any]:
    """Everything the page of one card needs."""
    card, figures = card_for(merchant, month, actor=actor, version=version)
    clocks = [{**each, "label": kind_words(each["kind"]), "clause": clause_words(each["kind"]), "bar": _bar(each["hit_percent"])}
              for each in figures["clocks"]["kinds"]]  # fmt: skip
    returns = [{**each, "label": _reason(each["reason"]), "bar": _bar(each["percent"])} for each in figures["returns"]["reasons"]]
    satisfaction = figures["satisfaction"]
    return {
        "merchant": merchant, "month": f"{month:%Y-%m}", "card": card, "figures": figures, "clocks": clocks, "reasons": returns,
        "printed": printed(), "satisfaction": satisfaction, "tone": RESULTS[satisfaction["result"]],
        "result": result_words(satisfaction["result"]), "amount": Money(figures["breaches"]["amount_minor"]).decimal,
        "trend": trend(merchant, month, actor=actor),
        "versions": list(cards_of(actor).filter(merchant=merchant, month=month).order_by("version")),
    }  # fmt: skip


def printed() -> dict[str, dict[str, str]]:
    """Formula and cohort by figure; satisfaction's are its own room's words."""
    found = {name: {"formula": said(each.formula), "cohort": said(each.cohort)} for name, each in PRINTED.items()}
    formula, cohort = ports.satisfaction_words
    return found | {"satisfaction": {"formula": said(formula), "cohort": said(cohort)}}


def trend(merchant: Merchant, month: date, *, actor: Actor) -> list[dict[str, Any]]:
    """The closed months up to this one, oldest first: clocks kept and satisfaction."""
    newest: dict[date, Scorecard] = {}
    for card in cards_of(actor).filter(merchant=merchant, month__lte=month).order_by("-month", "-version")[: MONTHS_SHOWN * 4]:
        newest.setdefault(card.month, card)
    shown = sorted(newest.values(), key=lambda card: card.month)[-MONTHS_SHOWN:]
    return [
        {
            "month": f"{card.month:%Y-%m}", "hit": card.figures["clocks"]["hit_percent"], "score": card.figures["satisfaction"]["percent"],
            "hit_bar": _bar(card.figures["clocks"]["hit_percent"]), "score_bar": _bar(card.figures["satisfaction"]["percent"]),
        }
        for card in shown
    ]  # fmt: skip


def list_row(merchant: Merchant, card: Scorecard | None, figures: Mapping[str, Any]) -> dict[str, Any]:
    """One shop in the list of a month."""
    satisfaction = figures["satisfaction"]
    return {
        "merchant": merchant, "card": card, "figures": figures, "satisfaction": satisfaction, "tone": RESULTS[satisfaction["result"]],
        "result": result_words(satisfaction["result"]),
    }  # fmt: skip


def result_words(result: str) -> str:
    return {"pass": _("达标"), "fail": _("未达标"), "not_assessable": _("不可评定")}[result]


def card_columns() -> list[Column]:
    return [
        Column(_("月份"), width=10), Column(_("商家"), width=24), Column(_("版本"), "number", 8), Column(_("指标"), width=30),
        Column(_("数值"), width=14), Column(_("分子"), "number", 10), Column(_("分母"), "number", 10), Column(_("公式"), width=60),
        Column(_("统计口径"), width=60),
    ]  # fmt: skip


def card_cells(merchant: Merchant, month: date, card: Scorecard | None, figures: Mapping[str, Any]) -> Iterator[list[Cell]]:
    """One line for each figure; nothing to divide by says so."""
    told, head = printed(), [f"{month:%Y-%m}", merchant.name, card.version if card else None]

    def line(name: str, value: str | None, part: int | None, whole: int | None, of: str) -> list[Cell]:
        words = told.get(of, {"formula": "", "cohort": ""})
        return [*head, name, value if value is not None else _("不可评定"), part, whole, words["formula"], words["cohort"]]

    own = figures["satisfaction"]
    yield line(_("满意度 %"), own["percent"], own["very"] + own["satisfied"], own["total"], "satisfaction")
    clocks = figures["clocks"]
    yield line(_("按时率 %"), clocks["hit_percent"], clocks["met"], clocks["met"] + clocks["late"], "clocks")
    yield line(_("违约率 %"), clocks["breach_percent"], clocks["late"], clocks["met"] + clocks["late"], "clocks")
    for each in clocks["kinds"]:
        yield line(f"{each['kind']} {kind_words(each['kind'])} %", each["hit_percent"], each["met"], each["met"] + each["late"], "clocks")
    review = figures["review"]
    yield line(_("审核用时中位数（小时）"), review["median_hours"], None, review["count"], "review")
    yield line(_("审核用时 P90（小时）"), review["p90_hours"], None, review["count"], "review")
    asked = figures["intervention"]
    yield line(_("平台介入率 %"), asked["percent"], asked["taken"], asked["cases"], "intervention")
    back = figures["returns"]
    yield line(_("退换率 %"), back["percent"], back["returned"], back["orders"], "returns")
    for each in back["reasons"]:
        yield line(f"{_('退换率')} {_reason(each['reason'])} %", each["percent"], each["orders"], back["orders"], "returns")
    yield line(_("行为规范违规"), str(figures["conduct"]["kept"]), figures["conduct"]["kept"], None, "conduct")
    yield line(_("成立的违约"), str(figures["breaches"]["standing"]), figures["breaches"]["standing"], None, "breaches")
    yield line(_("违约积分"), str(figures["breaches"]["points"]), figures["breaches"]["points"], None, "breaches")


def months(now: datetime, *, count: int = 12) -> list[str]:
    """This month and those before it, the newest first."""
    year, month = (now.year, now.month)
    found = []
    for _each in range(count):
        found.append(f"{year:04d}-{month:02d}")
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return found


def _bar(percent: str | None) -> int | None:
    """The length of a bar out of 100; None where there is nothing to draw."""
    return None if percent is None else max(0, min(100, round(Decimal(percent))))


def _reason(code: str) -> str:
    return said(FAMILY[code].label) if code in FAMILY else code
