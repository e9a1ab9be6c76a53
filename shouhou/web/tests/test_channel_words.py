"""Ways that money takes are said in words; what an address or a form asks for stays the code."""

from collections.abc import Callable

from django.test import Client

from shouhou.foundation.workflow import Text
from shouhou.payments.channels.registry import CHANNELS, PAY_CHANNELS, STATEMENT_CHANNELS
from shouhou.payments.tests.conftest import Fake
from shouhou.web.labels import PAYMENT_CHANNELS
from tests.world import World

Staff = Callable[..., Client]


def test_every_channel_has_words_in_both_languages() -> None:
    assert set(PAYMENT_CHANNELS) == {"offline", *CHANNELS, *PAY_CHANNELS, *STATEMENT_CHANNELS}
    assert all(isinstance(text, Text) and text.zh and text.en for text in PAYMENT_CHANNELS.values())


def test_finance_reads_the_channels_name_and_filters_by_its_code(world: World, staff: Staff, fake: Fake) -> None:
    number = world.received()
    world.move(number, "accept", actor=world.staff("inspector"))
    world.pay(number)
    html = staff("finance").get("/finance/refunds/?state=all").content.decode()
    assert '<span class="small muted">演示渠道</span>' in html and ">fake<" not in html
    assert '<option value="fake">演示渠道</option>' in html
    assert "演示渠道" in staff("finance").get("/finance/").content.decode()
