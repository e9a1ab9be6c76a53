"""Files a guest has uploaded and not sent yet are those of their one order, whatever else the buyer has."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from shouhou.accounts.models import Buyer
from shouhou.cases.erasure import erase_cases_of
from shouhou.cases.models import Attachment
from shouhou.orders.models import Order
from shouhou.plumbing import clock
from shouhou.plumbing.models import Upload
from shouhou.web.models import Draft
from shouhou.web.tests.pictures import png
from shouhou.web.who import GUEST_KEY
from tests.world import World


@pytest.fixture
def guest(world: World, buyer: Callable[..., Client]) -> Callable[[str], Client]:
    def came(order: str) -> Client:
        client = buyer()
        session = client.session
        session[GUEST_KEY] = Order.objects.get(number=order).pk
        session.save()
        return client

    return came


def uploaded(client: Client, order: str) -> str:
    return str(client.post(reverse("web:apply_upload", args=[order]), {"photos": png()}).json()["token"])


def sees(client: Client, token: str) -> bool:
    return client.get(f"/files/{token}/").status_code == 200


def test_only_guests_of_the_same_order_and_the_buyer_see_what_a_guest_has_uploaded(
    world: World, buyer: Callable[..., Client], guest: Callable[[str], Client]
) -> None:
    first, second = world.order(), world.order()
    token, whole = uploaded(guest(first), first), uploaded(buyer(), first)
    assert sees(guest(first), token)
    assert sees(buyer(), token)
    assert not sees(guest(second), token)
    assert not sees(buyer("u2"), token)
    # What the signed-in buyer has uploaded is no guest's.
    assert not sees(guest(first), whole)
    assert not sees(guest(second), whole)


def test_a_guest_attaches_no_file_of_another_order_to_their_case(
    world: World, buyer: Callable[..., Client], guest: Callable[[str], Client]
) -> None:
    first, second = world.order(), world.order()
    case = str(world.apply(first)["number"])
    foreign, whole, own = uploaded(guest(second), second), uploaded(buyer(), first), uploaded(guest(first), first)
    client, talk = guest(first), reverse("web:message", args=[case])
    for token in (foreign, whole):
        client.post(talk, {"text": "看", "photos-taken": token, "once": f"k-{token}"})
        assert not Attachment.objects.filter(upload__token=token).exists()
    client.post(talk, {"text": "看", "photos-taken": own, "once": "k"})
    assert Attachment.objects.filter(upload__token=own).count() == 1


def test_a_guests_draft_goes_on_for_the_buyer_with_its_files(
    world: World, buyer: Callable[..., Client], guest: Callable[[str], Client]
) -> None:
    order = world.order()
    token = uploaded(guest(order), order)
    form = {"line": "1", "q1": "1", "service": "return", "reason": "quality", "description": "不加热", "evidence": token, "act": "later"}
    guest(order).post(reverse("web:apply", args=[order]), form)
    assert Draft.objects.get().fields["evidence"] == [token]
    for client in (guest(order), buyer()):
        page = client.get(reverse("web:apply", args=[order])).content.decode()
        assert f'value="{token}"' in page
        assert "已过期" not in page


def test_erasing_the_buyer_erases_the_guests_files_too(world: World, guest: Callable[[str], Client]) -> None:
    order = world.order()
    token = uploaded(guest(order), order)
    assert erase_cases_of(Buyer.objects.get(external_id="u1").pk, clock.now())["files"] == 1
    assert Upload.objects.get(token=token).erased_at is not None
