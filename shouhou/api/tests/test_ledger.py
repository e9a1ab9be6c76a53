"""The ledger over the API: for the house's finance and auditors, whole, in order, to the cent."""

from datetime import date, timedelta

import pytest
from django.db import connection

from shouhou.api.tests.conftest import Api, body
from shouhou.ledger import actions, recipes
from shouhou.payments.models import BalanceProof
from shouhou.payments.reconciliation.actions.proving import prove
from shouhou.plumbing.clock import now

PATHS = ("ledger/accounts", "ledger/postings", "ledger/proofs")


@pytest.fixture
def books(api: Api) -> int:
    """Seven freight advances of one to seven yuan, and a refund that is pending."""
    at = now() - timedelta(days=1)
    for yuan in range(1, 8):
        moves = recipes.freight_advanced(carrier="sf" if yuan % 2 else "jd", amount_minor=yuan * 100)
        actions.post(moves, recipe="freight_advanced", subject=f"SO-{yuan}", currency="CNY", key=f"f{yuan}", by="clock", now=at)
    held = recipes.refund(merchant=1, buyer=2, channel="fake", tender="card", amount_minor=500)
    actions.hold(held, recipe="refund", subject="SO-9", currency="CNY", key="h", by="clock", now=at)
    return 9


def test_accounts_hold_what_was_posted_and_sum_to_zero(api: Api, books: int) -> None:
    items = body(api.get("ledger/accounts", role="finance"))["items"]
    assert {item["account"]: (item["balance"]["amount"], item["pending"]["amount"]) for item in items} == {
        "platform:advance": (-2800, 0), "platform:freight:sf": (1600, 0), "platform:freight:jd": (1200, 0),
        "buyer:2:refunds": (0, 0), "merchant:1:payable": (0, -500), "tender:fake:card": (0, 500),
    }  # fmt: skip
    only = body(api.get("ledger/accounts?family=freight", role="auditor"))["items"]
    assert [item["account"] for item in only] == ["platform:freight:jd", "platform:freight:sf"]
    none = body(api.get(f"ledger/accounts?until={(now() - timedelta(days=9)).isoformat().replace('+', '%2B')}", role="finance"))
    assert none == {"items": [], "next": None}


@pytest.mark.parametrize("path", ["ledger/accounts", "ledger/postings"])
def test_pages_hold_every_row_once(api: Api, books: int, path: str) -> None:
    whole, seen, cursor = body(api.get(path, role="finance"))["items"], [], ""
    while True:
        page = body(api.get(f"{path}?limit=2{cursor}", role="finance"))
        seen += page["items"]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert seen == whole and len(seen) == {"ledger/accounts": 6, "ledger/postings": 9}[path]


def test_postings_are_found_by_case_recipe_and_account(api: Api, books: int) -> None:
    assert [p["amount"]["amount"] for p in body(api.get("ledger/postings?subject=SO-3", role="finance"))["items"]] == [300]
    assert len(body(api.get("ledger/postings?recipe=refund", role="finance"))["items"]) == 2
    assert len(body(api.get("ledger/postings?account=platform:freight:jd", role="finance"))["items"]) == 3
    assert [p["phase"] for p in body(api.get("ledger/postings?subject=SO-9", role="finance"))["items"]] == ["pending"] * 2


def test_proofs_are_told_with_the_hash_before_them(api: Api, books: int) -> None:
    day: date = (now() - timedelta(days=2)).date()
    for back in (1, 0):
        prove(day - timedelta(days=back), grace_days=2, by="clock", now=now())
    items = body(api.get("ledger/proofs", role="auditor"))["items"]
    assert len(items) == 2 == BalanceProof.objects.count() and items[0]["before"] == items[1]["sha256"] and items[1]["before"] == ""
    assert len(body(api.get("ledger/proofs?limit=1", role="auditor"))["items"]) == 1


@pytest.mark.parametrize("path", PATHS)
def test_a_shop_and_every_other_role_lack_the_scope(api: Api, books: int, path: str) -> None:
    for role in ("shop", "consumer", "merchant_manager", "agent", "operations", "insurer"):
        answer = api.get(path, role=role)
        assert (answer.status_code, body(answer)["code"]) == (403, "SCOPE_MISSING")


@pytest.mark.parametrize("path", PATHS)
def test_a_finance_key_of_one_shop_is_refused(api: Api, books: int, path: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_apikey SET merchant_id = %s WHERE role = 'finance'", [api.third.pk])
    answer = api.get(path, role="finance")
    assert (answer.status_code, body(answer)["code"]) == (403, "FORBIDDEN")


@pytest.mark.parametrize("query", ["cursor=x", "limit=0", "limit=101", "since=yesterday", "currency=yuan"])
def test_what_cannot_be_asked_is_refused(api: Api, books: int, query: str) -> None:
    assert api.get(f"ledger/postings?{query}", role="finance").status_code in (400, 422)
