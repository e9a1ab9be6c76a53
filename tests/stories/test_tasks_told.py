"""The end of each time for a contact or a question to the warehouse is told to who answers for it (PRC-09, PRC-16, ADD-02)."""

from collections.abc import Callable
from typing import Any

import pytest

from shouhou.accounts.models import Organisation, User
from shouhou.cases.models import Case
from shouhou.merchants.models import Merchant
from shouhou.notifications.actions import write_notices
from shouhou.notifications.models import Notice
from shouhou.plumbing.feed import FeedEvent
from shouhou.plumbing.models import Event
from tests.conftest import Shop
from tests.stories.repairing import PHONE, diagnosed, on_bench, repaired
from tests.stories.test_contact import applied
from tests.stories.test_picking import prepared
from tests.world import THIRD, World

pytestmark = pytest.mark.django_db


def untold(world: World, shop: Shop, channel: dict[str, Any]) -> str:
    return applied(world, channel, "return")


def unfetched(world: World, shop: Shop, channel: dict[str, Any]) -> str:
    number = on_bench(world, PHONE, channel)
    diagnosed(world, number)
    repaired(world, number)
    return number


def stuck(world: World, shop: Shop, channel: dict[str, Any]) -> str:
    return prepared(world, shop, "exchange", channel, ("merchant_operator", "m1") if channel else ("reviewer", None))


@pytest.mark.parametrize(("way", "move"), [(untold, "note_solution"), (unfetched, "note_ready_contact"), (stuck, "note_picking")])
@pytest.mark.parametrize(("channel", "told"), [({}, {"boss", "runs"}), (THIRD, {"owner"})])
@pytest.mark.parametrize("held", [False, True])
def test_the_one_who_holds_it_hears_of_it_else_the_shop_that_sold_it_or_those_who_oversee_the_house(
    world: World, shop: Shop, way: Callable[..., str], move: str, channel: dict[str, Any], told: set[str], held: bool
) -> None:
    number = way(world, shop, channel)
    own, other = (Organisation.objects.create(code=code, name=code, kind="merchant") for code in ("own", "other"))
    if channel:
        Merchant.objects.filter(code="m1").update(organisation=own)
    for name, role, house in (("boss", "supervisor", None), ("runs", "operations", None), ("owner", "merchant_manager", own),
                              ("rival", "merchant_manager", other), ("agent", "agent", None)):  # fmt: skip
        User.objects.create(username=name, role=role, organisation=house)
    if held:
        Case.objects.filter(number=number).update(assigned_to=User.objects.get(username="agent"))
    world.later(hours=25).ring()
    row = Event.objects.filter(subject=number, data__move=move).get()
    write_notices(FeedEvent(row.pk, row.at, row.type, row.subject, row.merchant_id, row.buyer_id, row.data), now=world.now)
    heard = Notice.objects.filter(template="staff_task", channel="site").values_list("user_id", flat=True)
    names = set(User.objects.filter(id__in=list(heard)).values_list("username", flat=True))
    assert names == ({"agent"} if held else told)
