"""Who signed, where and when, with the carrier's picture of the signature: evidence of the case for both sides (ADD-11)."""

from base64 import b64decode
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from shouhou.cases.models import Attachment, Message
from shouhou.foundation.workflow import Text
from shouhou.logistics.actions.requests import take_outcome
from shouhou.logistics.carriers.base import Handled
from shouhou.logistics.carriers.fake.client import read_update
from shouhou.logistics.carriers.fake.depot import SIGNATURE
from shouhou.logistics.models import ParcelRequest
from shouhou.plumbing.models import Upload
from tests.stories.test_refund_only import LOST
from tests.world import THIRD, World

CHANNELS = pytest.mark.parametrize("channel", [{}, THIRD])


def told(world: World, signature: bytes, *, times: int = 1) -> None:
    asked = ParcelRequest.objects.get()
    words = Text("包裹已签收", "Signed for")
    handled = Handled(asked.key, "delivered", world.now - timedelta(hours=30), words, "成都锦江网点", "王**", signature)
    for _ in range(times):
        with transaction.atomic():
            take_outcome(handled, now=world.now)


@CHANNELS
def test_the_signature_is_attached_once_and_both_sides_read_who_signed_where_and_when(world: World, channel: dict[str, Any]) -> None:
    order = world.order(**channel)
    number = world.later(days=1).apply(order, **LOST)["number"]
    told(world, b64decode(SIGNATURE), times=2)
    case = world.case(number, actor=world.buyer())
    assert (case["status"], case["details"]["delivery"]["signed_by"]) == ("submitted", "王**")
    proof = Attachment.objects.get(case__number=number)
    assert (proof.kind, proof.role, proof.upload.content_type) == ("delivery_proof", "carrier", "image/png")
    said = Message.objects.get(case__number=number)
    assert not said.internal and "王**" in said.text and "成都锦江网点" in said.text and "signed by 王**" in said.text_en


@pytest.mark.parametrize("signature", [b"", b"<svg onload=alert(1)>", b"\x89PNG\r\n\x1a\nbroken"])
def test_without_a_picture_or_with_what_is_none_the_words_alone_stand(world: World, signature: bytes) -> None:
    number = world.later(days=1).apply(world.order(), **LOST)["number"]
    told(world, signature)
    assert (Attachment.objects.count(), Upload.objects.count(), Message.objects.filter(case__number=number).count()) == (0, 0, 1)


def test_the_carriers_own_protocol_brings_it_and_what_is_not_base64_is_refused() -> None:
    news = {"kind": "handled", "key": "k", "outcome": "delivered", "at": "2026-03-10T12:00:00+08:00", "zh": "已签收", "en": "Signed"}
    read = read_update({**news, "signed_by": "王**", "signature": SIGNATURE})
    assert isinstance(read, Handled) and (read.signed_by, read.signature) == ("王**", b64decode(SIGNATURE))
    bare = read_update(news)
    assert isinstance(bare, Handled) and (bare.signed_by, bare.signature) == ("", b"")
    with pytest.raises(ValueError, match="base64"):
        read_update({**news, "signature": "not base64!"})
