"""The ledger for finance and auditors: what accounts hold, every posting, the chain of daily proofs."""

from datetime import datetime
from typing import Annotated, Any, cast

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from shouhou.api.v1.answers import listing
from shouhou.api.v1.auth import Key, caller, house_only
from shouhou.api.v1.shapes.common import Cursor, Instant, PageSize, answers
from shouhou.api.v1.shapes.ledger import AccountList, PostingList, ProofList
from shouhou.ledger import browse, held
from shouhou.ledger.browse import PostingRow
from shouhou.ledger.held import AccountRow
from shouhou.ledger.wanted import Wanted
from shouhou.payments.models import BalanceProof
from shouhou.plumbing.paging import decode_cursor, encode_cursor

router = Router(tags=["ledger 账簿"])
Family = Annotated[str | None, Query(max_length=40, description="the kind of account; docs/ledger.md lists them")]
Account = Annotated[str | None, Query(max_length=160, description="one account's path", examples=["tender:wechat:wechat"])]
Currency = Annotated[str | None, Query(pattern="^[A-Z]{3}$")]
Since = Annotated[Instant | None, Query(description="from this instant on")]
Until = Annotated[Instant | None, Query(description="before this instant")]


@router.get(
    "/accounts", auth=Key("ledger:read"), response=answers(AccountList), operation_id="list_accounts",
    summary="账户与余额 Accounts and what they hold",
)  # fmt: skip
def accounts(
    request: HttpRequest, family: Family = None, account: Account = None, currency: Currency = None, since: Since = None,
    until: Until = None, cursor: Cursor = None, limit: PageSize = 50,
) -> HttpResponse:  # fmt: skip
    """By path and currency. The balances of all accounts of a currency sum to zero, at any instant."""
    house_only(caller(request))
    place = cast(tuple[str, str], decode_cursor(cursor, str, str)) if cursor else None
    wanted = _wanted(family=family, account=account, currency=currency, since=since, until=until)
    found = held.accounts(wanted, after=place, limit=limit + 1)
    last = found[limit - 1] if len(found) > limit else None
    return listing([_account(row) for row in found[:limit]], encode_cursor(last.account, last.currency) if last else None)


@router.get(
    "/postings", auth=Key("ledger:read"), response=answers(PostingList), operation_id="list_postings",
    summary="分录 Postings, newest first",
)  # fmt: skip
def postings(
    request: HttpRequest, family: Family = None, account: Account = None, currency: Currency = None,
    subject: Annotated[str | None, Query(max_length=60, description="the case's (or charge's) number")] = None,
    recipe: Annotated[str | None, Query(max_length=30)] = None, since: Since = None, until: Until = None, cursor: Cursor = None,
    limit: PageSize = 50,
) -> HttpResponse:  # fmt: skip
    """Written once, never changed; what was wrong is put right by another one."""
    house_only(caller(request))
    before = cast(int | None, decode_cursor(cursor, int)[0]) if cursor else None
    wanted = _wanted(family=family, account=account, currency=currency, since=since, until=until, subject=subject, recipe=recipe)
    found = browse.postings(wanted, before=before, limit=limit + 1)
    return listing([_posting(row) for row in found[:limit]], encode_cursor(found[limit - 1].id) if len(found) > limit else None)


@router.get(
    "/proofs", auth=Key("ledger:read"), response=answers(ProofList), operation_id="list_proofs",
    summary="日结证明 The chain of daily proofs, newest first",
)  # fmt: skip
def proofs(request: HttpRequest, cursor: Cursor = None, limit: PageSize = 50) -> HttpResponse:
    """Whoever keeps the last hash elsewhere can show that nothing before it was altered."""
    house_only(caller(request))
    found = BalanceProof.objects.order_by("-id")
    if cursor:
        found = found.filter(pk__lt=cast(int, decode_cursor(cursor, int)[0]))
    rows = list(found[: limit + 1])
    return listing([_proof(row) for row in rows[:limit]], encode_cursor(rows[limit - 1].pk) if len(rows) > limit else None)


def _wanted(
    *, family: str | None, account: str | None, currency: str | None, since: datetime | None, until: datetime | None,
    subject: str | None = None, recipe: str | None = None,
) -> Wanted:  # fmt: skip
    return Wanted(
        family=family or "", account=account or "", currency=currency or "", subject=subject or "", recipe=recipe or "", since=since,
        until=until,
    )  # fmt: skip


def _account(row: AccountRow) -> dict[str, Any]:
    amounts = {
        "balance": row.balance_minor, "pending": row.pending_minor, "came_in": row.in_minor, "went_out": row.out_minor,
    }  # fmt: skip
    return {
        "account": row.account, "family": browse.family_of(row.account), "currency": row.currency, "postings": row.postings,
        **{name: {"amount": minor, "currency": row.currency} for name, minor in amounts.items()},
    }  # fmt: skip


def _posting(row: PostingRow) -> dict[str, Any]:
    return {
        "id": row.id, "transfer": row.transfer_id, "at": row.at, "recipe": row.recipe, "subject": row.subject, "phase": row.phase,
        "resolved": row.resolved, "source": row.source, "destination": row.destination,
        "amount": {"amount": row.amount_minor, "currency": row.currency}, "by": row.by, "key": row.key,
    }  # fmt: skip


def _proof(row: BalanceProof) -> dict[str, Any]:
    return {
        "day": row.day.isoformat(), "revision": row.revision, "state": row.state, "digest": row.digest, "before": row.before,
        "sha256": row.sha256, "made_at": row.made_at,
    }  # fmt: skip
