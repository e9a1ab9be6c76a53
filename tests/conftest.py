"""Fixtures of the stories: a world, and the fake payment channel as a real little server."""

import pytest

from shouhou.payments.tests.conftest import Fake, fake
from tests.world import World

__all__ = ["Fake", "fake"]


@pytest.fixture
def world(db: None) -> World:
    return World()
