"""Who talks: 林一 buys, 苏敏 serves at the house, 老王 at his shop, and somebody else's eyes."""

from collections.abc import Callable
from datetime import datetime, time

import pytest

from shouhou.accounts.models import Organisation, User
from shouhou.merchants.models import Merchant
from shouhou.plumbing.actor import Actor
from shouhou.support.conversations.models import Duty
from tests.world import World

People = Callable[..., Actor]


@pytest.fixture
def world(db: None) -> World:
    return World()


@pytest.fixture
def people(world: World) -> People:
    """A member of staff as an actor: of the house, or of the shop with this code."""

    def somebody(name: str, role: str = "agent", shop: str = "") -> Actor:
        kind = "merchant" if shop else "operator"
        home, _ = Organisation.objects.get_or_create(code=shop or "house", defaults={"name": shop or "平台", "kind": kind})
        merchant = Merchant.objects.filter(code=shop).first() if shop else None
        if merchant is not None:
            merchant.organisation = home
            merchant.save()
        user, _ = User.objects.get_or_create(username=name, defaults={"role": role, "organisation": home, "first_name": name})
        return Actor(
            role=role, who=f"user:{user.pk}", merchant_id=merchant.pk if merchant else None, name=name  # type: ignore[arg-type]
        )

    return somebody


def duty(
    actor: Actor, *, now: datetime, since: int = 0, until: int = 0, days: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7),
    skills: tuple[str, ...] = (), on_holidays: bool = True,
) -> Duty:  # fmt: skip
    """A weekly shift that has always been; the whole day unless hours are given."""
    return Duty.objects.create(
        user_id=int(actor.who.removeprefix("user:")), merchant_id=actor.merchant_id, weekdays=list(days), since=time(since),
        until=time(until), on_holidays=on_holidays, skills=list(skills), first_day=now.date().replace(year=now.year - 1), by="test", at=now,
    )  # fmt: skip
