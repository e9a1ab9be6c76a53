"""A shop's money as pages show it, at the shop's own console and at finance's desk: balances, recharges, statements."""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from django import forms
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouhou.cases.models import Case
from shouhou.documents.statement import Paper, statement_pdf
from shouhou.foundation.ids import is_case_number
from shouhou.foundation.money import Money
from shouhou.foundation.workflow import Text
from shouhou.ledger.kinds import RECIPES
from shouhou.merchants.models import Merchant
from shouhou.orders.models import Order
from shouhou.plumbing.paging import decode_cursor, encode_cursor
from shouhou.plumbing.uploads import PICTURES
from shouhou.settlements.models import Recharge, RechargeFile
from shouhou.settlements.queries import (
    ShopMoney,
    Statement,
    StatementLine,
    currencies,
    shop_money,
    statement,
    statement_lines,
)
from shouhou.settlements.queries.money import CURRENCY
from shouhou.settlements.rules import PARTS
from shouhou.web.page import language, said
from shouhou.web.shared.asked import Asked
from shouhou.web.shared.export import Cell, Column
from shouhou.web.shared.money_view import half
from shouhou.web.shared.moves import ACCEPT, FilesField, FilesInput

PAGE_SIZE, CHUNK, LINES_PAGE, THINGS_MOST = 40, 500, 100, 400
TONES = {"announced": "wait", "appealed": "turn", "upheld": "plain", "waived": "good", "booked": "plain"}
VIEWS = {
    "": (Text("未入账", "Open"), ("announced", "appealed", "upheld")), "announced": (Text("已通知", "Announced"), ("announced",)),
    "appealed": (Text("申诉中", "Appealed"), ("appealed",)), "booked": (Text("已入账", "Booked"), ("booked",)),
    "waived": (Text("已免除", "Waived"), ("waived",)), "all": (Text("全部", "All"), tuple(dict(Recharge.STATES))),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class RechargeFilters(Asked):
    """What the address of a list of recharges asks for."""

    q: str = ""
    state: str = ""
    kind: str = ""
    after: str = ""

    KNOWN: ClassVar[Mapping[str, Container[str]]] = {"state": VIEWS, "kind": dict(Recharge.KINDS)}

    def narrowed(self, rows: QuerySet[Recharge]) -> QuerySet[Recharge]:
        rows = rows.filter(state__in=VIEWS[self.state][1])
        if self.kind:
            rows = rows.filter(kind=self.kind)
        for word in self.q.split():
            shop = Q(merchant__code__icontains=word) | Q(merchant__name__icontains=word)
            rows = rows.filter(shop | Q(number__icontains=word) | Q(subject__icontains=word))
        return rows.select_related("merchant").order_by("-id")


class AppealForm(forms.Form):
    """The shop says why it need not pay."""

    use_required_attribute = False
    once = forms.CharField(max_length=80, widget=forms.HiddenInput)
    text = forms.CharField(
        label=gettext_lazy("申诉理由"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("写明为何不应由店铺承担，最多 1000 字。"),
    )  # fmt: skip
    proofs = FilesField(
        label=gettext_lazy("凭证"), required=True, widget=FilesInput(attrs={"accept": ACCEPT}),
        help_text=gettext_lazy("照片、视频或 PDF，1 到 9 份。"),
    )  # fmt: skip


def recharge_page(filters: RechargeFilters, rows: QuerySet[Recharge]) -> dict[str, Any]:
    """One page of the list, its views and its pager."""
    found = filters.narrowed(rows)
    if filters.after:
        (last,) = decode_cursor(filters.after, int)
        found = found.filter(pk__lt=last)
    page = list(found[: PAGE_SIZE + 1])
    more, page = len(page) > PAGE_SIZE, page[:PAGE_SIZE]
    return {
        "filters": filters, "rows": [recharge_words(row) for row in page],
        "kinds": [(code, half(label)) for code, label in Recharge.KINDS],
        "views": [
            {"label": said(label), "address": filters.address(state=state, after=""), "count": "", "here": filters.state == state}
            for state, (label, _states) in VIEWS.items()
        ],
        "first": filters.address(after="") if filters.after else "",
        "next": filters.address(after=encode_cursor(page[-1].pk)) if more else "",
    }  # fmt: skip


def recharge_words(row: Recharge) -> dict[str, Any]:
    return {
        "row": row, "state": half(dict(Recharge.STATES)[row.state]), "tone": TONES[row.state], "kind": half(dict(Recharge.KINDS)[row.kind]),
        "case": row.subject if is_case_number(row.subject) else "",
    }  # fmt: skip


def recharge_files(row: Recharge) -> dict[str, list[dict[str, Any]]]:
    """The evidence by whose it is: `claim` the platform's, `appeal` the shop's."""
    found: dict[str, list[dict[str, Any]]] = {"claim": [], "appeal": []}
    for each in RechargeFile.objects.filter(recharge=row).select_related("upload").order_by("id"):
        upload = each.upload
        shown = {"token": upload.token, "name": upload.name or upload.token[:8], "image": upload.content_type in PICTURES}
        found["appeal" if each.role.startswith("merchant_") else "claim"].append(shown)
    return found


def recharge_columns() -> list[Column]:
    return [
        Column(_("追收编号"), width=18), Column(_("商家"), width=20), Column(_("类型"), width=12), Column(_("售后单号"), width=18),
        Column(_("状态"), width=12), Column(_("通知时间"), "instant", 20), Column(_("申诉截止"), "instant", 20),
        Column(_("入账时间"), "instant", 20), Column(_("金额"), "money", 14), Column(_("币种"), width=8), Column(_("理由"), width=40),
    ]  # fmt: skip


def recharge_cells(rows: QuerySet[Recharge]) -> Iterator[list[Cell]]:
    for row in rows.iterator(chunk_size=CHUNK):
        words = recharge_words(row)
        yield [
            row.number, row.merchant.name, words["kind"], row.subject, words["state"], row.announced_at, row.appeal_until, row.booked_at,
            Money(row.amount_minor, row.currency).decimal, row.currency, row.decision or row.reason,
        ]  # fmt: skip


def month_of(text: str) -> date:
    """"2026-03" → its first day. Raises Http404."""
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError as error:
        raise Http404("no such month") from error
    if not 2000 <= found.year <= 2100:
        raise Http404("no such month")
    return found


def statement_page(merchant: Merchant, month: date, query: Mapping[str, str]) -> dict[str, Any]:
    """The statement with one page of its lines. `part` in the address narrows them, `currency` says which one."""
    currency = currency_of(merchant, query)
    found = statement(merchant.pk, month, currency=currency)
    part = query.get("part", "") if query.get("part", "") in PARTS else ""
    after = query.get("after", "")[:400]
    place: tuple[datetime, int, int] | None = None
    if after:
        at, last, balance = decode_cursor(after, datetime, int, int)
        if not isinstance(at, datetime) or not isinstance(last, int) or not isinstance(balance, int):
            raise Http404("no such place")
        place = at, last, balance
    lines = list(statement_lines(merchant.pk, month, currency=currency, part=part, after=place, limit=LINES_PAGE + 1))
    more, lines = len(lines) > LINES_PAGE, lines[:LINES_PAGE]
    own = f"currency={currency}" if currency != CURRENCY else ""
    kept = "?" + "&".join(each for each in (own, f"part={part}" if part else "") if each)
    end = lines[-1] if lines else None
    return {
        "merchant": merchant, "statement": found, "month": f"{month:%Y-%m}", "part": part, "lines": line_words(lines),
        "parts": [
            {"code": code, "label": said(PARTS[code]), "amount": amount, "here": code == part} for code, amount in found.parts.items()
        ],
        "first": kept if after else "",
        "next": f"{kept}&after={encode_cursor(end.at, end.posting_id, end.balance_minor)}".replace("?&", "?") if more and end else "",
        "query": kept if kept != "?" else "", "own_query": f"?{own}", "own": f"{own}&" if own else "",
        "currencies": [
            {"code": code, "address": f"?currency={code}" if code != CURRENCY else "?", "here": code == currency}
            for code in currencies(merchant.pk)
        ],
    }  # fmt: skip


def currency_of(merchant: Merchant, query: Mapping[str, str]) -> str:
    """What the address asks for, if the shop has money in it; else the house's own."""
    asked = query.get("currency", "")
    return asked if asked in currencies(merchant.pk) else CURRENCY


def other_moneys(merchant: Merchant) -> list[ShopMoney]:
    """What the shop has in currencies beside the house's own."""
    return [shop_money(merchant.pk, currency=each) for each in currencies(merchant.pk)[1:]]


def line_words(lines: Iterable[StatementLine]) -> list[dict[str, Any]]:
    found = list(lines)
    cases, orders = things_of(line.subject for line in found[:THINGS_MOST])
    return [
        {
            "line": line, "part": said(PARTS[line.part]), "case": line.subject if line.subject in cases else "",
            "order": line.subject if line.subject in orders else "",
            "recipe": said(RECIPES[line.recipe].label) if line.recipe in RECIPES else line.recipe,
        }
        for line in found
    ]  # fmt: skip


def things_of(subjects: Iterable[str]) -> tuple[set[str], set[str]]:
    """Which of these are cases and which are orders, to be opened from the line."""
    wanted = set(subjects)
    cases = {subject for subject in wanted if is_case_number(subject)}
    known = set(Case.objects.filter(number__in=cases).values_list("number", flat=True))
    return known, set(Order.objects.filter(number__in=wanted - known).values_list("number", flat=True))


def statement_columns() -> list[Column]:
    return [
        Column(_("时间"), "instant", 20), Column(_("项目"), width=16), Column(_("说明"), width=24), Column(_("单号"), width=20),
        Column(_("分录号"), "number", 12), Column(_("金额"), "money", 14), Column(_("余额"), "money", 14), Column(_("币种"), width=8),
    ]  # fmt: skip


def statement_cells(merchant: Merchant, month: date, part: str = "", *, currency: str = CURRENCY) -> Iterator[list[Cell]]:
    """Every line, between the opening and the closing balance."""
    found = statement(merchant.pk, month, currency=currency)
    if not part:
        yield _total(_("期初余额"), found.opening_minor, found)
    for line in statement_lines(merchant.pk, month, currency=currency, part=part if part in PARTS else ""):
        recipe = RECIPES.get(line.recipe)
        yield [
            line.at, said(PARTS[line.part]), said(recipe.label) if recipe else line.recipe, line.subject, line.posting_id,
            Money(line.amount_minor, found.currency).decimal, Money(line.balance_minor, found.currency).decimal, found.currency,
        ]  # fmt: skip
    if not part:
        yield _total(_("期末余额"), found.closing_minor, found)


def statement_paper(merchant: Merchant, month: date, *, now: datetime, currency: str = CURRENCY) -> bytes:
    """The statement as a PDF in the page's language."""
    found = statement(merchant.pk, month, currency=currency)
    lines = line_words(statement_lines(merchant.pk, month, currency=currency, limit=LINES_MOST_ON_PAPER))
    paper = Paper(
        shop=merchant.name, code=merchant.code, month=f"{month:%Y-%m}", currency=found.currency, opening_minor=found.opening_minor,
        closing_minor=found.closing_minor, proven=found.proven,
        parts=tuple((PARTS[code], amount) for code, amount in found.parts.items()),
        lines=tuple(
            (each["line"].at, each["part"], each["line"].subject, each["line"].amount_minor, each["line"].balance_minor) for each in lines
        ),
        left_off=max(0, found.count - len(lines)),
    )  # fmt: skip
    return statement_pdf(paper, language=language(), at=now)


LINES_MOST_ON_PAPER = 2000



def _total(label: str, minor: int, found: Statement) -> list[Cell]:
    return [None, label, "", "", None, None, Money(minor, found.currency).decimal, found.currency]
