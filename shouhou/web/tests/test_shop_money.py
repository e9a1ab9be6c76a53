"""A shop's money on its pages and at finance's desk: seen by whom it concerns, done once, by two people where two are needed."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from shouhou.accounts.models import Organisation, User
from shouhou.ledger import recipes
from shouhou.ledger.actions import post
from shouhou.ledger.queries import balances
from shouhou.merchants.models import Merchant
from shouhou.plumbing import clock
from shouhou.settlements.actions import announce_recharges
from shouhou.settlements.models import DepositMovement, Recharge, RechargeFile, Settlement
from shouhou.settlements.queries import shop_money
from shouhou.web.tests.conftest import SHOP
from tests.world import World

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


@pytest.fixture
def claim(world: World) -> Recharge:
    """The platform has paid 15.00 of freight for 云裳; another shop is there, too."""
    world.now = clock.now()
    case = world.apply(world.order(merchant=SHOP))["number"]
    world.order(merchant={"code": "other", "channel": "third", "name": "另一家"})
    post(
        recipes.freight_advanced(carrier="SF", amount_minor=1500), recipe="freight_advanced", subject=case, currency="CNY", key="f1",
        by="clock", now=world.now,
    )  # fmt: skip
    announce_recharges(now=world.now)
    return Recharge.objects.get()


@pytest.fixture
def finance(staff: Callable[..., Client]) -> Callable[[str], Client]:
    """Browsers of finance's people, by name."""
    staff("finance")

    def person(name: str) -> Client:
        house = Organisation.objects.get(code="operator")
        user, _ = User.objects.get_or_create(username=name, defaults={"role": "finance", "organisation": house, "first_name": name})
        client = Client()
        client.force_login(user)
        return client

    return person


def paid_in(client: Client, amount: str, proof: str, *, once: str = "k1", what: str = "in") -> int:
    address = reverse("web:finance_merchant_move", args=["yunshang"])
    return client.post(address, {"what": what, "amount": amount, "proof": proof, "once": once}).status_code


def test_a_shop_sees_its_money_and_what_is_claimed_of_it(claim: Recharge, staff: Callable[..., Client]) -> None:
    client = staff("merchant_operator", "yunshang")
    page = client.get(reverse("web:merchant_money")).content.decode()
    assert "¥15.00" in page
    assert "可以申诉的追收：1 笔。" in page
    listed = client.get(reverse("web:merchant_recharges")).content.decode()
    assert claim.number in listed
    assert claim.subject in listed
    assert client.get(reverse("web:merchant_recharges") + "?state=booked").content.decode().count(claim.number) == 0


def test_a_shop_appeals_once_with_its_evidence_and_finance_decides(
    claim: Recharge, staff: Callable[..., Client], finance: Callable[[str], Client]
) -> None:
    client, address = staff("merchant_manager", "yunshang"), reverse("web:merchant_recharge", args=[claim.number])
    for _ in range(2):
        file = SimpleUploadedFile("proof.pdf", PDF, "application/pdf")
        assert client.post(address, {"text": "快递已赔付", "once": "k1", "proofs": [file]}).status_code == 302
    claim.refresh_from_db()
    assert (claim.state, claim.appeal, RechargeFile.objects.count()) == ("appealed", "快递已赔付", 1)
    token = RechargeFile.objects.get().upload.token
    assert [
        each.get(reverse("web:file", args=[token])).status_code
        for each in (client, finance("anna"), staff("merchant_manager", "other"), staff("agent"), Client())
    ] == [200, 200, 404, 404, 404]
    decide = reverse("web:finance_recharge", args=[claim.number])
    assert finance("anna").post(decide, {"verdict": "waive", "reasons": " ", "once": "k1"}).status_code == 422
    assert finance("anna").post(decide, {"verdict": "waive", "reasons": "承运商承担", "once": "k2"}).status_code == 302
    claim.refresh_from_db()
    assert (claim.state, claim.decision) == ("waived", "承运商承担")
    assert "承运商承担" in client.get(address).content.decode()


def test_an_appeal_without_evidence_keeps_what_was_written(claim: Recharge, staff: Callable[..., Client]) -> None:
    answer = staff("merchant_manager", "yunshang").post(
        reverse("web:merchant_recharge", args=[claim.number]), {"text": "快递已赔付", "once": "k1"}
    )
    assert answer.status_code == 422
    assert "快递已赔付" in answer.content.decode()
    claim.refresh_from_db()
    assert claim.state == "announced"


def test_another_shops_money_does_not_exist(claim: Recharge, staff: Callable[..., Client]) -> None:
    client = staff("merchant_manager", "other")
    assert client.get(reverse("web:merchant_recharge", args=[claim.number])).status_code == 404
    assert claim.number not in client.get(reverse("web:merchant_recharges") + "?state=all").content.decode()
    assert "¥15.00" not in client.get(reverse("web:merchant_money")).content.decode()


@pytest.mark.parametrize("role", ["merchant_manager", "agent", "operations", "inspector"])
def test_finances_desk_is_not_there_for_others(claim: Recharge, staff: Callable[..., Client], role: str) -> None:
    client = staff(role, "yunshang" if role.startswith("merchant") else None)
    for address in (
        reverse("web:finance_merchants"), reverse("web:finance_merchant", args=["yunshang"]), reverse("web:finance_recharges"),
        reverse("web:finance_settlements"), reverse("web:finance_recharge", args=[claim.number]),
    ):  # fmt: skip
        assert client.get(address).status_code == 404, address


def test_an_auditor_looks_and_changes_nothing(claim: Recharge, staff: Callable[..., Client]) -> None:
    client = staff("auditor")
    page = client.get(reverse("web:finance_merchant", args=["yunshang"])).content.decode()
    assert "登记保证金或缴款" not in page
    assert paid_in(client, "2000.00", "B-1") == 403
    assert DepositMovement.objects.count() == 0


def test_a_deposit_is_booked_once_however_often_the_button_is_pressed(claim: Recharge, finance: Callable[[str], Client]) -> None:
    anna = finance("anna")
    assert [paid_in(anna, "2000.00", "B-1"), paid_in(anna, "2000.00", "B-1")] == [302, 302]
    shop = Merchant.objects.get(code="yunshang")
    assert (DepositMovement.objects.count(), shop_money(shop.pk).deposit_minor) == (1, 200000)
    assert paid_in(anna, "2000.00", "B-1", once="k2") == 409
    assert shop_money(shop.pk).deposit_minor == 200000


def test_a_large_deposit_waits_for_another_person(claim: Recharge, finance: Callable[[str], Client]) -> None:
    paid_in(finance("anna"), "20000.00", "B-1")
    made = DepositMovement.objects.get()
    approve = reverse("web:finance_merchant_movement", args=["yunshang", made.number, "approve"])
    refused = finance("anna").post(approve, {"once": "k2"})
    assert refused.status_code == 403
    assert "须由另一位同事复核" in refused.content.decode()
    assert balances(prefix="merchant:") == []
    assert finance("bo").post(approve, {"once": "k3"}).status_code == 302
    made.refresh_from_db()
    assert (made.state, shop_money(made.merchant_id).deposit_minor) == ("booked", 2000000)


def test_a_settlement_is_prepared_released_by_another_person_and_paid_by_hand(
    claim: Recharge, finance: Callable[[str], Client]
) -> None:
    anna, bo = finance("anna"), finance("bo")
    paid_in(anna, "50.00", "B-1", what="due")
    answer = anna.post(reverse("web:finance_merchant_settle", args=["yunshang"]), {"once": "k5"})
    made = Settlement.objects.get()
    assert answer["Location"] == reverse("web:finance_settlement", args=[made.number])
    release = reverse("web:finance_settlement_deed", args=[made.number, "release"])
    assert anna.post(release, {"once": "k6"}).status_code == 403
    assert bo.post(release, {"once": "k7"}).status_code == 302
    offline = reverse("web:finance_settlement_deed", args=[made.number, "offline"])
    assert bo.post(offline, {"once": "k8", "proof": ""}).status_code == 422
    assert [bo.post(offline, {"once": "k9", "proof": "P-1"}).status_code for _ in range(2)] == [302, 302]
    made.refresh_from_db()
    assert (made.state, made.payout_minor, shop_money(made.merchant_id).balance_minor) == ("paid", 5000, 0)
    page = bo.get(reverse("web:finance_settlement", args=[made.number])).content.decode()
    assert "P-1" in page
    assert "商家缴款" in page


def test_a_statement_opens_postings_and_comes_as_page_table_and_paper(
    claim: Recharge, staff: Callable[..., Client], finance: Callable[[str], Client]
) -> None:
    paid_in(finance("anna"), "50.00", "B-1", what="due")
    month, client = f"{clock.now():%Y-%m}", staff("merchant_manager", "yunshang")
    page = client.get(reverse("web:merchant_statement", args=[month])).content.decode()
    assert "与账簿一致" in page
    assert page.count("¥50.00") == 4  # the part, the closing balance, the line and the balance after it
    table = b"".join(client.get(reverse("web:merchant_statement_export", args=[month, "csv"])).streaming_content).decode()  # type: ignore[attr-defined]
    assert [line.split(",")[1] for line in table.splitlines()[1:]] == ["期初余额", "商家缴款", "期末余额"]
    assert client.get(reverse("web:merchant_statement_export", args=[month, "xlsx"])).status_code == 200
    paper = client.get(reverse("web:merchant_statement_paper", args=[month]))
    assert (paper["Content-Type"], paper.content[:5]) == ("application/pdf", b"%PDF-")
    assert client.get(reverse("web:merchant_statement", args=["2026-13"])).status_code == 404
    house = finance("bo").get(reverse("web:finance_statement", args=["yunshang", month])).content.decode()
    assert "¥50.00" in house
