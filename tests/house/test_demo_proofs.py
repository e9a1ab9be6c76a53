"""The demo's days are proven whole, also where the worker's own round has proven yesterday while it was being filled."""

from datetime import timedelta

import pytest

from shouhou.demo.reconciling import DAYS, reconcile
from shouhou.foundation.days import local_day
from shouhou.ledger.actions import post
from shouhou.ledger.recipes import deposit_paid_in
from shouhou.payments.models import BalanceProof
from shouhou.payments.reconciliation.actions.proving import broken_links
from shouhou.payments.reconciliation.daily import prove_days
from tests.world import World

pytestmark = pytest.mark.django_db


def test_yesterday_proven_in_between_is_proven_anew_and_the_chain_is_whole(world: World) -> None:
    world.order()
    prove_days(by="clock", now=world.now)
    assert BalanceProof.objects.count() == 1
    post(
        deposit_paid_in(merchant=1, channel="offline", amount_minor=100), recipe="deposit_paid_in", subject="DP-1", currency="CNY",
        key="DP-1", by="demo", now=world.now - timedelta(days=1),
    )  # fmt: skip
    assert len(broken_links(now=world.now)) == 1
    reconcile(now=world.now)
    assert broken_links(now=world.now) == []
    days = BalanceProof.objects.values_list("day", flat=True)
    assert (len(set(days)), len(days), max(days)) == (DAYS, DAYS + 1, local_day(world.now) - timedelta(days=1))
    reconcile(now=world.now)
    assert BalanceProof.objects.count() == DAYS + 1
