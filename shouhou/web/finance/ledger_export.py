"""The ledger as a file: accounts or postings, streamed; a CSV has all of them, a workbook as many as its limit."""

from collections.abc import Iterator

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from shouhou.foundation.money import Money
from shouhou.ledger import browse, held
from shouhou.ledger.copying import copied_postings
from shouhou.ledger.kinds import RECIPES
from shouhou.ledger.wanted import Wanted
from shouhou.plumbing.actor import Actor
from shouhou.web.finance.door import finance_door
from shouhou.web.finance.ledger_filters import PHASES, LedgerFilters
from shouhou.web.finance.subjects import account_words, phase_words, recipe_words
from shouhou.web.shared.export import Cell, Column, copied, exported

# A ledger is exported whole or it proves nothing; nobody holds more than a portion of it in memory.
ROWS_MOST = 20_000_000


@finance_door
def accounts_export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """accounts.csv or .xlsx: what the page lists, all of it."""
    columns = [
        Column(_("账户"), width=32), Column(_("名称"), width=20), Column(_("币种"), width=8), Column(_("转入"), "money", 16),
        Column(_("转出"), "money", 16), Column(_("余额"), "money", 16), Column(_("在途"), "money", 16), Column(_("分录数"), "number", 10),
    ]  # fmt: skip
    rows = _accounts(LedgerFilters.of(request.GET).wanted())
    return exported("ledger-accounts", form, columns=columns, rows=rows, most=ROWS_MOST)


@finance_door
def postings_export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """postings.csv or .xlsx: every posting that the filters choose, oldest first."""
    columns = [
        Column(_("分录"), "number", 12), Column(_("凭证"), "number", 12), Column(_("时间"), "instant", 20), Column(_("记账规则"), width=22),
        Column(_("状态"), width=10), Column(_("单据"), width=18), Column(_("转出账户"), width=30), Column(_("转入账户"), width=30),
        Column(_("金额"), "money", 16), Column(_("币种"), width=8), Column(_("记账人"), width=12), Column(_("幂等键"), width=44),
    ]  # fmt: skip
    wanted = LedgerFilters.of(request.GET).wanted()
    if form == "csv":
        words = {phase: phase_words(phase, resolved=False) for phase in PHASES}
        recipes = {name: recipe_words(name) for name in RECIPES}
        blocks = copied_postings(wanted, recipes=recipes, phases=words, resolved=phase_words("pending", resolved=True))
        return copied("ledger-postings", columns=columns, blocks=blocks)
    rows = _postings(wanted)
    return exported("ledger-postings", form, columns=columns, rows=rows, most=ROWS_MOST)


def _accounts(wanted: Wanted) -> Iterator[list[Cell]]:
    for row in held.every_account(wanted):
        amounts = (Money(minor, row.currency).decimal for minor in (row.in_minor, row.out_minor, row.balance_minor, row.pending_minor))
        yield [row.account, account_words(row.account), row.currency, *amounts, row.postings]


def _postings(wanted: Wanted) -> Iterator[list[Cell]]:
    for row in browse.every_posting(wanted):
        yield [
            row.id, row.transfer_id, row.at, recipe_words(row.recipe), phase_words(row.phase, resolved=row.resolved), row.subject,
            row.source, row.destination, Money(row.amount_minor, row.currency).decimal, row.currency, row.by, row.key,
        ]  # fmt: skip
