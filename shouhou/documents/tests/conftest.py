"""The world of the stories, for papers of real cases."""

from tests.conftest import world

__all__ = ["world"]
