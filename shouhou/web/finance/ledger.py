"""The ledger to look through: the chart with what every account holds, an account, the postings, one transfer."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from shouhou.foundation.days import local_day
from shouhou.ledger import browse, held
from shouhou.ledger.browse import PostingRow
from shouhou.ledger.chart import CHART, account_of
from shouhou.ledger.held import AccountRow
from shouhou.ledger.wanted import Wanted
from shouhou.merchants.models import Merchant
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.web.finance.door import finance_door, finance_page
from shouhou.web.finance.drawing import drawn
from shouhou.web.finance.ledger_filters import LedgerFilters, choices
from shouhou.web.finance.subjects import account_words, case_address, cases_behind, phase_words, recipe_words, who_words

PAGE_SIZE = 50
CURVE_DAYS = 90
SEPARATOR = "|"


@finance_door
def ledger(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The accounts, by path: what came in, what went out, what each holds; the sum over all of them is zero."""
    filters = LedgerFilters.of(request.GET)
    if not filters.narrowed and not filters.after and "all" not in request.GET:
        return _families(request, actor, filters)
    wanted = filters.wanted()
    found = held.accounts(wanted, after=_place(filters.after), limit=PAGE_SIZE + 1)
    rows, more = found[:PAGE_SIZE], len(found) > PAGE_SIZE
    sums = held.sums(wanted)
    context = {
        "filters": filters, "choices": choices(), "rows": [_account_row(row) for row in rows],
        "sums": [{"currency": currency, "amount": amount, "count": count} for currency, (amount, count) in sums.items()],
        "next": filters.address(after=f"{rows[-1].account}{SEPARATOR}{rows[-1].currency}") if more else "",
        "first": filters.address(after="") if filters.after else "", "export": filters.address(after=""), "tab": "accounts",
    }  # fmt: skip
    return finance_page(request, "ledger", context, actor=actor, place="finance_ledger")


@finance_door
def account(request: HttpRequest, actor: Actor, path: str) -> HttpResponse:
    """One account in one currency: its curve, and its postings newest first with the balance after each."""
    try:
        family = account_of(path)
    except KeyError:
        raise Http404("no such account") from None
    filters, now = LedgerFilters.of(request.GET), clock.now()
    used = held.currencies_of(path)
    currency = filters.currency if filters.currency in used else next(iter(used), "CNY")
    wanted = LedgerFilters.of({**request.GET.dict(), "currency": currency, "family": "", "merchant": ""}).wanted(account=path)
    before = int(filters.after) if _is_id(filters.after) else None
    found = browse.postings(wanted, before=before, limit=PAGE_SIZE + 1)
    rows, more = found[:PAGE_SIZE], len(found) > PAGE_SIZE
    today = local_day(now)
    curve = held.curve(path, currency=currency, since=today - timedelta(days=CURVE_DAYS - 1), until=today)
    standing = next(iter(held.accounts(_whole(path, currency), after=None, limit=1)), None)
    context = {
        "path": path, "family": family, "filters": filters, "currency": currency, "choices": choices(), "owner": _owner(path),
        "currencies": [{"label": each, "address": f"?currency={each}", "here": each == currency} for each in used],
        "standing": standing, "chart": drawn(curve), "curve": curve[::-1], "rows": _with_balance(rows, path, currency),
        "next": filters.address(after=str(rows[-1].id), currency=currency) if more else "",
        "first": filters.address(after="") if filters.after else "",
        "export": LedgerFilters(
            account=path, currency=currency, recipe=filters.recipe, phase=filters.phase, since=filters.since, until=filters.until
        ).address(), "tab": "accounts",
    }  # fmt: skip
    return finance_page(request, "ledger_account", context, actor=actor, place="finance_ledger")


@finance_door
def postings(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every posting, newest first, by case, recipe, family, period."""
    filters = LedgerFilters.of(request.GET)
    before = int(filters.after) if _is_id(filters.after) else None
    found = browse.postings(filters.wanted(), before=before, limit=PAGE_SIZE + 1)
    rows, more = found[:PAGE_SIZE], len(found) > PAGE_SIZE
    context = {
        "filters": filters, "choices": choices(), "rows": posting_rows(rows),
        "next": filters.address(after=str(rows[-1].id)) if more else "", "first": filters.address(after="") if filters.after else "",
        "export": filters.address(after=""), "tab": "postings",
    }  # fmt: skip
    return finance_page(request, "ledger_postings", context, actor=actor, place="finance_ledger")


@finance_door
def transfer(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """One run of a recipe: what moved, why, when, by whom, for which case, and the other half of a pending one."""
    found = browse.transfer(number) if number < 2**63 else None
    if found is None:
        raise Http404("no such transfer")
    row, moved = found
    case = cases_behind([row.subject]).get(row.subject, "")
    context = {
        "row": row, "recipe": recipe_words(row.recipe), "by": who_words({row.by})[row.by], "case": case,
        "case_address": case_address(case), "phase": phase_words(row.phase, resolved=row.resolved_by is not None),
        "rows": posting_rows(moved), "tab": "postings",
    }  # fmt: skip
    return finance_page(request, "ledger_transfer", context, actor=actor, place="finance_ledger")


def _families(request: HttpRequest, actor: Actor, filters: LedgerFilters) -> HttpResponse:
    """Where one begins: kinds of accounts, each opening its own."""
    rows = held.families()
    sums: dict[str, list[int]] = {}
    for row in rows:
        sums.setdefault(row.currency, []).append(row.balance_minor)
    named = {account.name: account for account in CHART}
    context = {
        "filters": filters, "choices": choices(), "tab": "accounts", "export": "",
        "families": [
            {"row": row, "label": named[row.family].label, "meaning": named[row.family].meaning,
             "address": LedgerFilters(family=row.family, currency=row.currency).address()}
            for row in rows
        ],
        "sums": [
            {"currency": currency, "amount": sum(amounts), "count": sum(row.accounts for row in rows if row.currency == currency)}
            for currency, amounts in sums.items()
        ],
    }  # fmt: skip
    return finance_page(request, "ledger", context, actor=actor, place="finance_ledger")


def posting_rows(rows: Iterable[PostingRow]) -> list[dict[str, Any]]:
    """Postings with the words of a page."""
    rows = list(rows)
    names, cases = who_words({row.by for row in rows}), cases_behind({row.subject for row in rows})
    return [
        {
            "row": row, "recipe": recipe_words(row.recipe), "phase": phase_words(row.phase, resolved=row.resolved),
            "counts": row.phase == "posted" or (row.phase == "pending" and not row.resolved), "by": names[row.by],
            "case": cases.get(row.subject, ""), "source": account_words(row.source), "destination": account_words(row.destination),
        }
        for row in rows
    ]  # fmt: skip


def owners_of(paths: Iterable[str]) -> Mapping[str, str]:
    """By path: the shop's name, where the account is a shop's."""
    found = {path: path.split(":")[1] for path in paths if path.startswith("merchant:")}
    shops = dict(Merchant.objects.filter(pk__in={int(key) for key in found.values() if key.isdigit()}).values_list("pk", "name"))
    return {path: shops[int(key)] for path, key in found.items() if key.isdigit() and int(key) in shops}


def _account_row(row: AccountRow) -> dict[str, Any]:
    return {"row": row, "label": account_words(row.account), "owner": _owner(row.account)}


def _owner(path: str) -> str:
    return owners_of([path]).get(path, "")


def _with_balance(rows: list[PostingRow], path: str, currency: str) -> list[dict[str, Any]]:
    """Each row with what it changed and what the account then held; a pending or voided one changes nothing yet."""
    after = browse.balances_after(path, currency=currency, ids=[row.id for row in rows])
    shown = posting_rows(rows)
    for entry in shown:
        row = entry["row"]
        inward = row.destination == path
        other = row.source if inward else row.destination
        entry |= {
            "change": row.amount_minor if inward else -row.amount_minor, "other": other, "other_words": account_words(other),
            "balance": after.get(row.id),
        }  # fmt: skip
    return shown


def _whole(path: str, currency: str) -> Wanted:
    return Wanted(account=path, currency=currency)


def _place(after: str) -> tuple[str, str] | None:
    path, found, currency = after.rpartition(SEPARATOR)
    return (path, currency) if found else None


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18
