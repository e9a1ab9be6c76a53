"""Merchants' money of the demo: deposits, advances claimed back, an appeal, a settlement to release and one that was paid."""

from datetime import datetime, timedelta

from shouhou.cases.models import Case
from shouhou.foundation.refusals import Refused
from shouhou.ledger import recipes
from shouhou.ledger.actions import post
from shouhou.merchants.models import Merchant
from shouhou.plumbing.actor import Actor
from shouhou.settlements.actions import (
    AccountFacts,
    announce_recharges,
    keep_account,
    pay_in,
    pay_offline,
    prepare_settlement,
    release_settlement,
    withdraw_settlement,
)
from shouhou.settlements.models import MerchantAccount

FIRST = Actor(role="finance", who="demo:1", name="演示财务")
SECOND = Actor(role="finance", who="demo:2", name="演示财务")
DEPOSITS = (200_000, 80_000, 260_000)
FREIGHT_MINOR, CASES_MOST = 1500, 6
TRIES_MOST = 10
SELLING_FOR = timedelta(days=120)


def settle_up(*, now: datetime) -> None:
    """Every third-party shop has paid security in (one of them too little), has had freight advanced and is settled here."""
    shops = list(Merchant.objects.filter(channel="third").order_by("pk"))
    for place, shop in enumerate(shops):
        if MerchantAccount.objects.filter(merchant=shop).exists():
            continue
        facts = AccountFacts(True, None, "offline", shop.name, f"62220000{shop.pk:08d}")
        # The contract is older than the demo's orders, so that there are sales to settle.
        keep_account(shop.code, facts, actor=FIRST, now=now - SELLING_FOR)
        deposit = DEPOSITS[place % len(DEPOSITS)]
        pay_in(shop.code, amount_minor=deposit, proof=f"DEMO-{shop.code}", owed=False, actor=FIRST, now=now - timedelta(days=30))
        # Only where the way is the shop's to pay: a consumer who bears it has paid it.
        sent = Case.objects.filter(merchant=shop, received_at__isnull=False).exclude(freight_payer="customer")
        for case in sent.order_by("pk")[:CASES_MOST]:
            post(
                recipes.freight_advanced(carrier="SF", amount_minor=FREIGHT_MINOR), recipe="freight_advanced", subject=case.number,
                currency="CNY", key=f"demo-freight:{case.number}", by=FIRST.who, now=now - timedelta(days=3),
            )  # fmt: skip
    announce_recharges(now=now)
    for place, shop in enumerate(shops):
        _settle(shop.code, pays=place % 2 == 0, now=now)


def _settle(code: str, *, pays: bool, now: datetime) -> None:
    """The worker pays the demo's refunds meanwhile: a settlement that one of them overtook is prepared again."""
    for _ in range(TRIES_MOST):
        made = prepare_settlement(code, actor=FIRST, now=now)
        if not pays or made.state != "prepared":
            return
        try:
            release_settlement(made.number, actor=SECOND, now=now)
        except Refused as no:
            if no.code != "SETTLEMENT_OUT_OF_DATE":
                raise
            withdraw_settlement(made.number, actor=FIRST, now=now)
        else:
            pay_offline(made.number, proof=f"DEMO-OUT-{code}", actor=SECOND, now=now)
            return
