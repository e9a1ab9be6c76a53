"""Merchants' money: statements of every month, each line with its posting and case."""

from datetime import date, datetime
from typing import Annotated, Any, cast

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from shouhou.api.v1.answers import listing
from shouhou.api.v1.auth import Key, caller
from shouhou.api.v1.shapes.common import Cursor, PageSize, answers
from shouhou.api.v1.shapes.merchants import StatementLineList, StatementListShape
from shouhou.foundation.refusals import refused
from shouhou.merchants.models import Merchant
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.clock import now
from shouhou.plumbing.paging import decode_cursor, encode_cursor
from shouhou.settlements.queries import Statement, months_of, statement, statement_lines
from shouhou.settlements.queries.money import CURRENCY
from shouhou.settlements.refusals import MERCHANT_UNKNOWN

router = Router(tags=["merchants 商家"])
MerchantCode = Annotated[str, Path(min_length=1, max_length=40, examples=["yunshang"])]
Month = Annotated[str, Path(pattern=r"^20\d\d-(0[1-9]|1[0-2])$", examples=["2026-03"])]
READERS = frozenset({"merchant_operator", "merchant_manager", "finance", "supervisor", "auditor"})


@router.get(
    "/{code}/statements", auth=Key("refunds:read"), response=answers(StatementListShape, errors=(404,)),
    operation_id="list_statements", summary="商家对账单 A shop's statements, month by month",
)  # fmt: skip
def statements(request: HttpRequest, code: MerchantCode, months: Annotated[int, Query(ge=1, le=24)] = 12) -> HttpResponse:
    """The newest first; a shop sees its own only."""
    shop = _shop(code, caller(request).actor)
    return listing([_json(shop, statement(shop.pk, month)) for month in months_of(shop.pk, now=now(), most=months)], None)


@router.get(
    "/{code}/statements/{month}/lines", auth=Key("refunds:read"), response=answers(StatementLineList, errors=(404,)),
    operation_id="list_statement_lines", summary="对账单明细 The lines of a statement",
)  # fmt: skip
def lines(request: HttpRequest, code: MerchantCode, month: Month, cursor: Cursor = None, limit: PageSize = 100) -> HttpResponse:
    """In the order of the postings, each with the balance after it."""
    shop = _shop(code, caller(request).actor)
    after = cast(tuple[datetime, int, int], decode_cursor(cursor, datetime, int, int)) if cursor else None
    found = list(statement_lines(shop.pk, date.fromisoformat(f"{month}-01"), after=after, limit=limit + 1))
    more, found = len(found) > limit, found[:limit]
    items = [
        {
            "posting": line.posting_id, "at": line.at, "part": line.part, "recipe": line.recipe, "subject": line.subject,
            "amount": _money(line.amount_minor, CURRENCY), "balance": _money(line.balance_minor, CURRENCY),
        }
        for line in found
    ]  # fmt: skip
    last = found[-1] if found else None
    return listing(items, encode_cursor(last.at, last.posting_id, last.balance_minor) if more and last else None)


def _shop(code: str, actor: Actor) -> Merchant:
    """Another shop's money does not exist, nor does any for who neither sells nor keeps the books. Raises MERCHANT_UNKNOWN."""
    found = Merchant.objects.filter(code=code).first()
    if found is None or actor.role not in READERS or actor.merchant_id not in (None, found.pk):
        raise refused(MERCHANT_UNKNOWN, code=code)
    return found


def _json(shop: Merchant, found: Statement) -> dict[str, Any]:
    return {
        "merchant": shop.code, "month": f"{found.month:%Y-%m}", "currency": found.currency,
        "opening": _money(found.opening_minor, found.currency), "closing": _money(found.closing_minor, found.currency),
        "parts": [{"part": part, "amount": _money(amount, found.currency)} for part, amount in found.parts.items()],
        "proven": found.proven, "lines": found.count,
    }  # fmt: skip


def _money(minor: int, currency: str) -> dict[str, Any]:
    return {"amount": minor, "currency": currency}
