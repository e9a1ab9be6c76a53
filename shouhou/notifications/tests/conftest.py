"""The world of the stories, with the fake payment channel."""

import pytest

from shouhou.payments.tests.conftest import fake
from shouhou.support.conversations.tests.conftest import people
from tests.world import World

__all__ = ["fake", "people"]


@pytest.fixture
def world(db: None) -> World:
    return World()
