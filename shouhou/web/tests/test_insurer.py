"""The insurer's desk: what waits, one claim decided once, many together, and who sees what; the buyer's and the shop's side."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shouhou.accounts.models import Organisation, User
from shouhou.insurance.models import FreightClaim, Settlement
from shouhou.payments.models import Refund
from tests.stories.insuring import INSURER, claimed, insured, owed, pay_out, returned
from tests.world import World


@pytest.fixture
def past(world: World) -> World:
    """The order was delivered long enough ago for the story to end about now."""
    return world.later(days=-3)


@pytest.fixture
def insurer(world: World) -> Callable[[str], Client]:
    """A browser of somebody who works for the insurance company."""

    def signed_in(code: str = "picc") -> Client:
        company, _ = Organisation.objects.get_or_create(code=code, defaults={"name": code, "kind": "partner"})
        user, _ = User.objects.get_or_create(
            username=f"insurer-{code}", defaults={"role": "insurer", "organisation": company, "first_name": "Bao"}
        )
        client = Client()
        client.force_login(user)
        return client

    return signed_in


def decide_at(claim: FreightClaim) -> str:
    return reverse("web:insurer_decide", args=[claim.number])


def form_of(client: Client, claim: FreightClaim) -> dict[str, str]:
    page = client.get(reverse("web:insurer_claim", args=[claim.number])).content.decode()
    return dict(re.findall(r'name="(once|version)" value="([^"]+)"', page))


def test_the_list_shows_what_waits_with_its_amounts_and_limit(past: World, fake: Any, insurer: Callable[..., Client]) -> None:
    claim = claimed(past)
    page = insurer().get(reverse("web:insurer")).content.decode()
    assert claim.number in page
    assert all(word in page for word in ("¥10.00", "¥12.00", claim.waybill, "跨省", "剩"))


def test_a_claim_is_approved_once_by_a_double_click_and_paid(past: World, fake: Any, insurer: Callable[..., Client]) -> None:
    claim, client = claimed(past), insurer()
    given = {**form_of(client, claim), "verdict": "approve"}
    answers = [client.post(decide_at(claim), given)["Location"] for _ in range(2)]
    assert answers == [reverse("web:insurer_claim", args=[claim.number])] * 2
    assert Refund.objects.filter(subject=claim.number).count() == 1
    pay_out(past, claim)
    assert "已赔付" in client.get(answers[0]).content.decode()


def test_to_refuse_needs_a_ground_and_words_and_nothing_changes_without(past: World, fake: Any, insurer: Callable[..., Client]) -> None:
    claim, client = claimed(past), insurer()
    answer = client.post(decide_at(claim), {**form_of(client, claim), "verdict": "refuse"})
    assert (answer.status_code, FreightClaim.objects.get().state) == (422, "received")
    assert "须选择理由" in answer.content.decode()
    words = {"reason": "waybill_unknown", "note": "查无此单"}
    assert client.post(decide_at(claim), {**form_of(client, claim), "verdict": "refuse", **words}).status_code == 302
    assert FreightClaim.objects.get().state == "refused"


def test_a_smaller_amount_is_read_in_yuan(past: World, fake: Any, insurer: Callable[..., Client]) -> None:
    claim, client = claimed(past), insurer()
    words = {"verdict": "reduce", "amount": "8.50", "reason": "above_usual", "note": "偏高"}
    assert client.post(decide_at(claim), {**form_of(client, claim), **words, "amount": "八块"}).status_code == 422
    assert client.post(decide_at(claim), {**form_of(client, claim), **words}).status_code == 302
    assert FreightClaim.objects.get().payout_minor == 850


def test_many_are_decided_together_each_for_itself(past: World, fake: Any, insurer: Callable[..., Client]) -> None:
    first = claimed(past)
    past.later(days=-3)
    returned(past, insured(past))
    second, client = FreightClaim.objects.exclude(pk=first.pk).get(), insurer()
    page = client.get(reverse("web:insurer_bulk"), {"number": [first.number, second.number]}).content.decode()
    kept = dict(re.findall(r'name="(once|v-[^"]+)" value="([^"]+)"', page))
    assert "¥20.00" in page
    client.post(decide_at(first), {**form_of(client, first), "verdict": "approve"})
    given = {**kept, "number": [first.number, second.number], "act": "run", "verdict": "approve"}
    page = client.post(reverse("web:insurer_bulk"), given).content.decode()
    assert "2 笔中 1 笔已处理" in page
    client.post(reverse("web:insurer_bulk"), given)
    assert (Refund.objects.filter(reason="freight_insurance").count(), FreightClaim.objects.filter(state="approved").count()) == (2, 2)


def test_another_insurer_sees_nothing_of_it_and_no_insurer_sees_the_house(past: World, fake: Any, insurer: Callable[..., Client]) -> None:
    claim = claimed(past)
    other, own = insurer("cpic"), insurer()
    assert claim.number not in other.get(reverse("web:insurer")).content.decode()
    assert other.get(reverse("web:insurer_claim", args=[claim.number])).status_code == 404
    assert other.post(decide_at(claim), {"verdict": "approve", "once": "x", "version": "1"}).status_code == 404
    assert own.get("/staff/")["Location"] == reverse("web:insurer")
    order = claim.policy.order_number
    closed = (f"/staff/cases/{claim.subject}/", "/staff/search/?q=1", "/staff/cases.csv", "/staff/refunds/", f"/staff/orders/{order}/")
    assert [own.get(address).status_code for address in closed] == [404] * len(closed)
    page = own.get(reverse("web:insurer_claim", args=[claim.number])).content.decode()
    assert "林一" not in page
    assert "13800000001" not in page
    assert (FreightClaim.objects.get().state, own.get("/files/nothing/").status_code) == ("received", 404)


def test_the_buyer_reads_that_the_order_is_insured_and_what_became_of_the_claim(
    past: World, fake: Any, buyer: Callable[..., Client], insurer: Callable[..., Client]
) -> None:  # fmt: skip
    order = insured(past)
    client = buyer()
    assert "最高赔 ¥12.00" in client.get(reverse("web:order", args=[order])).content.decode()
    number = returned(past, order)
    claim, desk = FreightClaim.objects.get(), insurer()
    page = client.get(reverse("web:case", args=[number])).content.decode()
    assert claim.number in page
    assert "待审核" in page
    words = {"verdict": "refuse", "reason": "waybill_unknown", "note": "查无此单，请补凭证"}
    desk.post(decide_at(claim), {**form_of(desk, claim), **words})
    appeal = reverse("web:freight_appeal", args=[number])
    page = client.get(reverse("web:case", args=[number])).content.decode()
    assert "查无此单，请补凭证" in page
    assert appeal in page
    once = re.search(r'name="once" value="([^"]+)"', client.get(appeal).content.decode())
    given = {"once": once[1] if once else "", "text": "面单照片见附件", "waybill": "SF0000000000777"}
    assert client.post(appeal, {**given, "text": ""}).status_code == 422
    assert FreightClaim.objects.get().state == "refused"
    assert client.post(appeal, given)["Location"] == reverse("web:case", args=[number])
    found = FreightClaim.objects.get()
    assert (found.state, found.waybill) == ("appealed", "SF0000000000777")
    assert "面单照片见附件" in desk.get(reverse("web:insurer_claim", args=[found.number])).content.decode()
    assert buyer("stranger").get(appeal).status_code == 404


def test_finance_sees_what_is_late_and_what_is_owed_and_registers_a_settlement_once(
    past: World, fake: Any, staff: Callable[..., Client]
) -> None:  # fmt: skip
    claim, finance = claimed(past), staff("finance")
    FreightClaim.objects.update(due_at=past.now.replace(year=2020), breached_at=past.now)
    page = finance.get(reverse("web:finance_claims")).content.decode()
    assert claim.number in page
    finance.post(decide_at(claim), {**form_of(finance, claim), "verdict": "approve"})
    pay_out(past, claim)
    page = finance.get(reverse("web:finance_claims")).content.decode()
    assert "¥10.00" in page
    once = re.search(r'name="once" value="([^"]+)"', page)
    given = {"once": once[1] if once else "", "account": "picc|CNY", "amount": "10.00", "proof": "BANK-77"}
    for _ in range(2):
        assert finance.post(reverse("web:finance_claims"), given).status_code == 302
    assert (Settlement.objects.count(), owed("picc")) == (1, 0)
    assert staff("auditor").post(reverse("web:finance_claims"), given | {"proof": "B2"}).status_code == 403
    assert staff("reviewer").get(reverse("web:finance_claims")).status_code == 404


def test_the_list_is_given_as_a_file_without_names(past: World, fake: Any, insurer: Callable[..., Client]) -> None:
    claim = claimed(past)
    answer = insurer().get(reverse("web:insurer_export", args=["csv"]))
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert claim.number in text
    assert "12.00" in text
    assert "林一" not in text
    assert INSURER.insurer == claim.insurer
