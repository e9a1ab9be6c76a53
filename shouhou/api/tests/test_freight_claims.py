"""Freight insurance over HTTP: attached by its number, claims read and decided by the insurer's own key, nothing else told to it."""

from typing import Any

import pytest

from shouhou.accounts.keys import create_key
from shouhou.accounts.models import Organisation
from shouhou.api.tests.conftest import Api, body
from shouhou.insurance.models import FreightClaim, Policy
from shouhou.payments.tests.conftest import fake
from shouhou.plumbing import clock
from tests.stories.insuring import claimed
from tests.world import World

__all__ = ["fake"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def insurers(api: Api) -> Api:
    """Keys of two insurance companies beside everybody else's."""
    for code in ("picc", "cpic"):
        company = Organisation.objects.create(code=code, name=code, kind="partner")
        api.keys[code] = create_key(name=code, role="insurer", organisation=company, now=clock.now()).token
    return api


def waiting() -> FreightClaim:
    return claimed(World(now=clock.now()).later(days=-3))


def test_a_policy_is_put_by_its_number_and_refused_for_what_we_sell_ourselves(api: Api) -> None:
    third, own = api.order(merchant="m1"), api.order()
    policy = {"number": "FP-1", "insurer": "picc", "sum": 1200, "standard": "cn-basic", "weight_grams": 900}
    answers = [api.put(f"orders/{third}/freight-insurance", policy) for _ in range(2)]
    assert [(each.status_code, body(each)["result"]) for each in answers] == [(201, "created"), (200, "unchanged")]
    told = body(api.get(f"orders/{third}/freight-insurance"))
    assert (told["sum"], told["mode"], told["bought_by"], told["standard"]) == (1200, "cap", "seller", "cn-basic")
    no = api.put(f"orders/{own}/freight-insurance", policy | {"number": "FP-2"})
    assert (no.status_code, body(no)["code"], Policy.objects.count()) == (409, "FREIGHT_POLICY_SELF_OPERATED", 1)
    assert api.get(f"orders/{own}/freight-insurance").status_code == 404
    wrong = api.put(f"orders/{third}/freight-insurance", policy | {"standard": "moon"})
    assert (wrong.status_code, body(wrong)["code"]) == (422, "FREIGHT_POLICY_INVALID")


def test_an_insurers_key_reads_and_decides_its_own_claims_and_nothing_else(insurers: Api, fake: Any) -> None:
    claim = waiting()
    [told] = body(insurers.get("freight-claims?open=true", role="picc"))["items"]
    assert (told["number"], told["claimed"], told["waybill"]) == (claim.number, 1000, claim.waybill)
    assert body(insurers.get("freight-claims", role="cpic"))["items"] == []
    whole = body(insurers.get(f"freight-claims/{claim.number}", role="picc"))
    assert (whole["facts"]["route"], [each["arrived"] for each in whole["facts"]["parcels"]]) == ("other_province", [True])
    assert insurers.get(f"freight-claims/{claim.number}", role="cpic").status_code == 404
    yes = {"verdict": "approve"}
    assert insurers.post(f"freight-claims/{claim.number}/decision", yes, role="cpic").status_code == 404
    assert insurers.post(f"freight-claims/{claim.number}/decision", yes, role="shop").status_code == 403
    assert FreightClaim.objects.get().state == "received"
    assert body(insurers.post(f"freight-claims/{claim.number}/decision", yes, role="picc"))["state"] == "approved"
    assert insurers.post(f"freight-claims/{claim.number}/decision", yes, role="picc").status_code == 409
    closed = (f"cases/{claim.subject}", f"orders/{claim.policy.order_number}", "cases", "events?after=0", "refunds", "policies")
    assert {insurers.get(path, role="picc").status_code for path in closed} == {403}


def test_a_refusal_is_appealed_once_over_http(insurers: Api, fake: Any) -> None:
    claim = waiting()
    address = f"freight-claims/{claim.number}"
    assert insurers.post(f"{address}/decision", {"verdict": "refuse"}, role="picc").status_code == 422
    no = {"verdict": "refuse", "reason": "no_freight_paid", "note": "请补凭证"}
    told = body(insurers.post(f"{address}/decision", no, role="picc"))
    assert (told["state"], told["reason"], told["appeal_until"] is not None) == ("refused", "no_freight_paid", True)
    again = body(insurers.post(f"{address}/appeal", {"text": "见面单"}, role="agent"))
    assert (again["state"], again["facts"]["appeal"], again["steps"][-1]["step"]) == ("appealed", "见面单", "appealed")
    told = body(insurers.post(f"{address}/decision", no, role="picc"))
    assert (told["state"], told["appeal_until"]) == ("refused", None)
    last = insurers.post(f"{address}/appeal", {"text": "再看"}, role="agent")
    assert (last.status_code, body(last)["code"]) == (409, "FREIGHT_APPEAL_ONCE")
