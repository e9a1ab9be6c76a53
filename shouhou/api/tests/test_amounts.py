"""The money of a case over HTTP: estimate, agreement and payment side by side."""

from shouhou.api.tests.conftest import Api, body
from shouhou.api.tests.test_cases import SHIP, moved


def test_the_money_of_a_case_is_told_in_three_columns(api: Api) -> None:
    number = api.opened()["number"]
    assert [(row["kind"], row["preview"], row["agreed"], row["final"]) for row in body(api.get(f"cases/{number}/money"))["rows"]] == [
        ("goods", 194900, None, None), ("total", 194900, None, None), ("tender", 194900, None, None),
    ]  # fmt: skip
    moved(api, number, "ship", SHIP, role="consumer")
    moved(api, number, "receive", {"packing": "ok", "appearance": "ok", "accessories": "ok"}, role="inspector")
    items = [{"line": 1, "accepted": 1, "grade": "B", "disposition": "refurbish", "deduction": 4900, "deduction_reason": "划痕"}]
    moved(api, number, "propose_deduction", {"items": items}, role="inspector")
    told = body(api.get(f"cases/{number}/money", role="consumer", headers={"accept-language": "en"}))
    cut = next(row for row in told["rows"] if row["kind"] == "deduction")
    assert (told["number"], told["currency"], cut["preview"], cut["agreed"], cut["final"]) == (number, "CNY", None, -4900, None)
    assert (cut["note"], cut["clause"], cut["source"]) == ("划痕", "By agreement", "The consumer's consent in this case")
    total = next(row for row in told["rows"] if row["kind"] == "total")
    assert (total["preview"], total["agreed"]) == (194900, 190000) and total["why"]


def test_another_shop_learns_nothing_of_the_money(api: Api) -> None:
    number = api.opened(merchant="m1")["number"]
    assert api.get(f"cases/{number}/money", role="merchant_operator").status_code == 200
    other = api.opened()["number"]
    assert api.get(f"cases/{other}/money", role="merchant_operator").status_code == 404
