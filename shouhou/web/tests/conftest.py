"""The cast in front of pages: 林一 buys, 路人 is another buyer, staff of the house and of one shop."""

from collections.abc import Callable

import pytest
from django.test import Client

from shouhou.accounts.models import Buyer, Organisation, User
from shouhou.merchants.models import Merchant
from shouhou.payments.tests.conftest import fake
from shouhou.plumbing import clock
from shouhou.web.who import BUYER_KEY
from tests.world import World

__all__ = ["fake"]
ADDRESS = {"contact": "林一", "phone": "13800000001", "region": "四川省成都市锦江区", "region_code": "510104", "address": "春熙路 1 号"}
SHOP = {"code": "yunshang", "channel": "third", "name": "云裳旗舰店"}


@pytest.fixture
def world(db: None) -> World:
    """Pages read the clock, so this world's time is the real one."""
    return World(now=clock.now())


@pytest.fixture
def buyer(world: World) -> Callable[[str], Client]:
    """A browser in which the buyer with this id at the shop is signed in; made when new."""

    def signed_in(external_id: str = "u1") -> Client:
        found, _ = Buyer.objects.get_or_create(external_id=external_id, defaults={"name": "路人", "phone": "13700000009"})
        client = Client()
        session = client.session
        session[BUYER_KEY] = found.pk
        session.save()
        return client

    return signed_in


@pytest.fixture
def staff(world: World) -> Callable[..., Client]:
    """A browser in which a member of staff with this role is signed in; `shop` is the code of their merchant."""

    def signed_in(role: str, shop: str | None = None) -> Client:
        code, kind = (shop, "merchant") if shop else ("operator", "operator")
        organisation, _ = Organisation.objects.get_or_create(code=code, defaults={"name": code, "kind": kind})
        if shop:
            Merchant.objects.filter(code=shop).update(organisation=organisation)
        user, _ = User.objects.get_or_create(
            username=f"{role}-{code}", defaults={"role": role, "organisation": organisation, "first_name": "Wang"}
        )
        client = Client()
        client.force_login(user)
        return client

    return signed_in
