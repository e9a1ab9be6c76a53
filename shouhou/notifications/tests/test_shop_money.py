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


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh-hans", ("150.00 元", "149.00 元", "渠道对账单与账不一致", "新增 2 处差异")),
     ("en", ("CNY 150.00", "CNY 149.00", "a channel's statement does not agree", "2 new differences"))],
)  # fmt: skip
def test_finance_hears_of_another_amount_of_differences_and_of_a_day_that_does_not_hold(
    world: World, language: str, words: tuple[str, ...]
) -> None:
    who, shop = people(world, language=language), Merchant.objects.get(code="m1").pk
    paid = {"number": "ST-1", "amount_minor": 15000, "said_minor": 14900, "currency": "CNY"}
    publish(EVENT_TYPES["settlement.contradicted"], subject="ST-1", now=world.now, merchant_id=shop, data=paid)
    found = {"channel": "wechat", "day": "2026-03-11", "count": 2, "missing": False}
    publish(EVENT_TYPES["reconciliation.differences"], subject="wechat 2026-03-11", now=world.now, data=found)
    bad = {"day": "2026-03-11", "revision": 2, "checks": ["channel", "kept"]}
    publish(EVENT_TYPES["balance.proof_bad"], subject="2026-03-11", now=world.now, data=bad)
    tell_all(world.now)
    notices = Notice.objects.filter(channel="site")
    assert set(notices.values_list("user_id", flat=True)) == {who["money"]} and notices.count() == 3
    bodies = " ".join(notices.values_list("body", flat=True))
    assert all(word in bodies for word in words) and "{" not in bodies and "…" not in bodies
    for address in ("/finance/merchants/settlements/ST-1/", "/finance/reconciliation/?channel=wechat", "/finance/balance/2026-03-11/"):
        assert address in bodies
