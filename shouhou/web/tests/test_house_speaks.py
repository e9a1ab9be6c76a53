"""What the house itself writes on a case is read in one language: the reader's."""

import importlib
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from shouhou.cases.models import Message
from shouhou.cases.queries import case_json
from tests.stories.repairing import approved
from tests.world import World


def page(client: Client, number: str, language: str) -> str:
    client.cookies["django_language"] = language
    return client.get(reverse("web:case", args=[number])).content.decode()


@pytest.fixture
def repair(world: World) -> str:
    return approved(world, after_days=0)


def test_a_message_of_the_house_is_shown_in_the_buyers_language_alone(buyer: Callable[..., Client], repair: str) -> None:
    told = Message.objects.get(role="system")
    assert told.text.startswith("维修方式") and told.text_en.startswith("Mode:")
    zh, en = page(buyer(), repair, "zh-hans"), page(buyer(), repair, "en")
    assert ("维修方式：" in zh, "Mode: mail-in" in zh) == (True, False)
    assert ("维修方式：" in en, "Mode: mail-in" in en) == (False, True)


def test_the_api_tells_it_in_the_language_asked_for(world: World, repair: str) -> None:
    told = [
        case_json(repair, actor=world.buyer(), language=language, now=world.now)["messages"][-1]["text"]
        for language in ("zh-hans", "en")
    ]  # fmt: skip
    assert told[0].startswith("维修方式") and told[1].startswith("Mode:")


def test_what_people_write_is_shown_as_they_wrote_it(world: World, buyer: Callable[..., Client], repair: str) -> None:
    buyer().post(reverse("web:message", args=[repair]), {"text": "星期三 / Wednesday?", "once": "k1"})
    assert "星期三 / Wednesday?" in page(buyer(), repair, "en")
    assert "星期三 / Wednesday?" in page(buyer(), repair, "zh-hans")


def test_messages_written_before_are_parted_and_peoples_are_not(repair: str) -> None:
    kept = Message.objects.get(role="system")
    old = {
        "mode": ("维修方式：寄修。\n请带上：商品。\n\nMode: mail-in.\nBring: the item.", "Mode: mail-in.\nBring: the item."),
        "right": ("您现在可以改为换货。\nYou may now choose an exchange.", "You may now choose an exchange."),
        "found": ("无主包裹 U1 属于本单。 / The unidentified parcel U1 belongs to this case.",
                  "The unidentified parcel U1 belongs to this case."),
    }  # fmt: skip
    for name, (text, _en) in old.items():
        Message.objects.create(case_id=kept.case_id, role="system", who="clock", name=name, text=text, at=kept.at)
    Message.objects.create(case_id=kept.case_id, role="agent", who="user:1", name="own", text="好。\nYour parcel", at=kept.at)
    with connection.cursor() as cursor:
        cursor.execute(importlib.import_module("shouhou.cases.migrations.0011_message_in_english").MOVE)
    for name, (text, en) in old.items():
        row = Message.objects.get(name=name)
        assert (row.text_en, row.text) == (en, text.removesuffix(en).rstrip(" /\n"))
    assert Message.objects.get(name="own").text == "好。\nYour parcel"
    assert Message.objects.get(pk=kept.pk).text == kept.text
