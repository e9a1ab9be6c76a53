"""What a shop's people and finance hear about the shop's money, and nobody else."""

import pytest

from shouhou.accounts.models import Organisation, User
from shouhou.merchants.models import Merchant
from shouhou.notifications.models import Notice
from shouhou.notifications.tests.test_notices import tell_all
from shouhou.plumbing.events import EVENT_TYPES, publish
from tests.world import THIRD, World


def people(world: World, *, language: str = "zh-hans") -> dict[str, int]:
    world.order(**THIRD)
    company = Organisation.objects.create(code="m1c", name="老王", kind="merchant")
    Merchant.objects.filter(code="m1").update(organisation=company)
    other = Organisation.objects.create(code="m2c", name="别家", kind="merchant")
    made = {
        "keeper": User.objects.create(
            username="k", role="merchant_manager", organisation=company, email="k@example.com", language=language
        ),
        "other": User.objects.create(username="o", role="merchant_manager", organisation=other, email="o@example.com"),
        "money": User.objects.create(username="f", role="finance", email="f@example.com", language=language),
        "agent": User.objects.create(username="a", role="agent", email="a@example.com"),
    }
    return {name: user.pk for name, user in made.items()}


@pytest.mark.parametrize(("language", "amount", "kind"), [("zh-hans", "15.00 元", "垫付运费"), ("en", "CNY 15.00", "freight")])
def test_a_recharge_is_told_to_the_shops_people_with_amount_case_and_limit(
    world: World, language: str, amount: str, kind: str
) -> None:
    who = people(world, language=language)
    data = {
        "number": "RC-1", "amount_minor": 1500, "currency": "CNY", "kind": "freight", "case": "SO-7K3Q-9XMT-4",
        "until": "2026-03-17T04:00:00+00:00",
    }  # fmt: skip
    publish(EVENT_TYPES["recharge.announced"], subject="RC-1", now=world.now, merchant_id=Merchant.objects.get(code="m1").pk, data=data)
    tell_all(world.now)
    notices = Notice.objects.filter(template="shop_recharge")
    assert set(notices.values_list("user_id", "channel")) == {(who["keeper"], "site"), (who["keeper"], "email")}
    body = notices[0].body
    assert all(word in body for word in (amount, kind, "SO-7K3Q-9XMT-4", "/merchant/money/recharges/RC-1/"))
    assert "{" not in body


def test_an_appeal_and_a_failed_payment_are_told_to_finance_only(world: World) -> None:
    who = people(world)
    shop = Merchant.objects.get(code="m1").pk
    for kind, more in (("recharge.appealed", {"until": "2026-03-17T04:00:00+00:00"}), ("settlement.failed", {"code": "ACCOUNT_CLOSED"})):
        data = {"number": "X-1", "amount_minor": 1500, "currency": "CNY", "kind": "loss", "case": "", **more}
        publish(EVENT_TYPES[kind], subject="X-1", now=world.now, merchant_id=shop, data=data)
    tell_all(world.now)
    assert set(Notice.objects.values_list("user_id", flat=True)) == {who["money"]}
    bodies = " ".join(Notice.objects.values_list("body", flat=True))
    assert "ACCOUNT_CLOSED" in bodies
    assert "/finance/merchants/settlements/X-1/" in bodies
