"""Rows of an installation from before differences were counted per unit are read as they were meant."""

from importlib import import_module

import pytest
from django.db import connection

from shouhou.cases.models import Case
from tests.world import World

MIGRATION = import_module("shouhou.cases.migrations.0016_on_top_counted")


@pytest.mark.django_db
def test_what_was_given_back_is_counted_and_counted_rows_stay() -> None:
    world = World()
    old, new, none = (Case.objects.get(number=world.apply(world.order())["number"]) for _each in range(3))
    Case.objects.filter(pk=old.pk).update(details={"on_top_back": {"CH-1": {"1": 2}}, "on_top_unsure": ["CH-2"], "kept": 1})
    counted = {"on_top_back": {"CH-1": {"1": [1, 2]}}, "on_top_unsure": [{"charge": "CH-2", "line": 1, "gone": 1}]}
    Case.objects.filter(pk=new.pk).update(details=counted)
    for _again in range(2):
        with connection.cursor() as cursor:
            cursor.execute(MIGRATION.COUNTED)
            cursor.execute(MIGRATION.BY_HAND)
    assert Case.objects.get(pk=old.pk).details == {"on_top_back": {"CH-1": {"1": [2, 2]}}, "kept": 1}
    assert Case.objects.get(pk=new.pk).details == counted
    assert Case.objects.get(pk=none.pk).details == none.details
