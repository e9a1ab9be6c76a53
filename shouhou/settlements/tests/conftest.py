"""A shop whose money is settled here, finance with two people, and the fake bank as a real server."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from shouhou.ledger.queries import trial_balance
from shouhou.merchants.models import Merchant
from shouhou.payments.tests.conftest import Fake, fake
from shouhou.plumbing.actor import Actor
from shouhou.settlements.actions import (
    AccountFacts,
    begin_payout,
    exchange_payout,
    finish_payout,
    keep_account,
    pay_in,
    prepare_settlement,
    release_settlement,
)
from shouhou.settlements.models import Payout, Settlement
from shouhou.settlements.queries import proof_of
from tests.conftest import world
from tests.world import World

__all__ = ["Fake", "fake", "world"]
ANNA = Actor(role="finance", who="key:1", name="Anna")
BO = Actor(role="finance", who="key:2", name="Bo")
THIRD = {"code": "m1", "channel": "third", "name": "老王百货"}


@pytest.fixture(autouse=True)
def _books_balance(db: None) -> Iterator[None]:
    """After every test, whatever it did: the ledger sums to zero and every shop's settlements and open lines come to it."""
    yield
    assert set(trial_balance().values()) <= {0}
    assert [proof_of(shop.pk) for shop in Merchant.objects.all() if proof_of(shop.pk)] == []


@dataclass
class House:
    """The shop 老王百货 (third-party): the platform holds its sales and pays them to a bank account."""

    world: World

    @property
    def shop(self) -> Merchant:
        return Merchant.objects.get(code="m1")

    def keeper(self, *, role: str = "merchant_manager") -> Actor:
        return self.world.staff(role, who="user:31", merchant="m1")

    def sells(self, channel: str = "fake") -> "House":
        """From now on its sales are settled here."""
        take_merchant()
        keep_account("m1", AccountFacts(True, None, channel, "老王百货有限公司", "6222000000001234"), actor=ANNA, now=self.world.now)
        return self

    def order(self, **changes: Any) -> str:
        return self.world.order(merchant=THIRD, placed_at=self.world.now.isoformat(), **changes)

    def secured(self, amount: int, proof: str = "BANK-1") -> "House":
        take_merchant()
        pay_in("m1", amount_minor=amount, proof=proof, owed=False, actor=ANNA, now=self.world.now)
        return self

    def settle(self) -> Settlement:
        """Prepared by Anna, let go by Bo."""
        made = prepare_settlement("m1", actor=ANNA, now=self.world.now)
        if made.state == "prepared":
            release_settlement(made.number, actor=BO, now=self.world.now)
        made.refresh_from_db()
        return made

    def pay(self, settlement: Settlement) -> bool | None:
        """What the job does."""
        step = begin_payout(Payout.objects.get(settlement=settlement).pk, now=self.world.now)
        done = None if step is None else finish_payout(step, exchange_payout(step), now=self.world.now)
        settlement.refresh_from_db()
        return done


def take_merchant() -> Merchant:
    made, _ = Merchant.objects.get_or_create(code="m1", defaults={"name": "老王百货", "channel": "third"})
    return made


@pytest.fixture
def house(world: World) -> House:
    take_merchant()
    return House(world)
