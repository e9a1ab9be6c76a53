"""The same people as in conversations."""

from shouhou.support.conversations.tests.conftest import people, world

__all__ = ["people", "world"]
