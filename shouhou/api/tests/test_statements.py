"""Statements over the API: a shop's own, line by line, proven; nobody else's."""

from shouhou.api.tests.conftest import Api, body
from shouhou.ledger import recipes
from shouhou.ledger.actions import post
from shouhou.plumbing.clock import now


def paid_in(api: Api, amounts: list[int]) -> str:
    for place, amount in enumerate(amounts):
        post(
            recipes.merchant_paid_in(merchant=api.third.pk, channel="offline", amount_minor=amount), recipe="merchant_paid_in",
            subject=f"DP-{place}", currency="CNY", key=f"k{place}", by="key:1", now=now(),
        )  # fmt: skip
    return f"merchants/{api.third.code}/statements"


def test_finance_reads_a_statement_and_its_lines_a_page_at_a_time(api: Api) -> None:
    path = paid_in(api, [100, 200, 300])
    [first] = body(api.get(path, role="finance"))["items"]
    assert (first["opening"]["amount"], first["closing"]["amount"], first["proven"], first["lines"]) == (0, 600, True, 3)
    assert first["parts"] == [{"part": "paid_in", "amount": {"amount": 600, "currency": "CNY"}}]
    page = body(api.get(f"{path}/{first['month']}/lines?limit=2", role="finance"))
    assert [line["balance"]["amount"] for line in page["items"]] == [100, 300]
    rest = body(api.get(f"{path}/{first['month']}/lines?limit=2&cursor={page['next']}", role="finance"))
    assert ([line["balance"]["amount"] for line in rest["items"]], rest["next"]) == ([600], None)


def test_a_shop_reads_its_own_and_nobody_elses(api: Api) -> None:
    path = paid_in(api, [100])
    [first] = body(api.get(path, role="merchant_manager"))["items"]
    assert first["closing"]["amount"] == 100
    for role in ("stranger_shop", "consumer", "agent", "shop"):
        assert api.get(path, role=role).status_code == 404, role
        assert api.get(f"{path}/{first['month']}/lines", role=role).status_code == 404, role
    assert api.get("merchants/nobody/statements", role="finance").status_code == 404
