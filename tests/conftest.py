"""Fixtures of the stories: a world, and the fake payment channel as a real little server."""

import pytest

from shouhou.orders.shop.fake.server import Shop
from shouhou.orders.tests.conftest import shop
from shouhou.payments.tests.conftest import Fake, fake
from tests.world import World

__all__ = ["Fake", "Shop", "fake", "shop"]


@pytest.fixture
def world(db: None) -> World:
    return World()
