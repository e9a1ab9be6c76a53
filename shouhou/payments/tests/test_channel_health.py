"""The doctor says which channel is missing, half done or only pretends, and what to set."""

import pytest
from pytest_django.fixtures import Settings

from shouhou.payments.channels.health import Seen, channel_health

STRIPE = {"stripe": {"key": "sk_test_1", "webhook_secret": "whsec_1"}}


def told(settings: Settings, **changes: object) -> list[Seen]:
    for name, value in changes.items():
        setattr(settings, name, value)
    return list(channel_health())


def test_a_new_installation_on_this_machine_is_well(settings: Settings) -> None:
    (seen,) = told(settings, BASE_URL="http://localhost:8000", TENDER_CHANNELS={}, CHARGE_CHANNEL="fake")
    assert (seen.level, seen.en, seen.advice) == ("ok", "the payment channels are set up: fake", "")


@pytest.mark.parametrize("name", ["stripe", "stirpe"])
def test_a_tender_whose_channel_is_not_set_up_is_bad_and_says_what_to_set(settings: Settings, name: str) -> None:
    (seen,) = told(settings, PAYMENT_CHANNELS={"stripe": {"key": ""}}, TENDER_CHANNELS={"card": name}, CHARGE_CHANNEL="fake")
    assert seen.level == "bad" and f"card goes back through {name}" in seen.en
    assert ("SHOUHOU_STRIPE_KEY" in seen.advice) == (name == "stripe")


def test_money_that_is_to_go_back_in_kind_is_bad(settings: Settings) -> None:
    (seen,) = told(settings, TENDER_CHANNELS={"card": "inkind"}, CHARGE_CHANNEL="fake")
    assert seen.level == "bad" and "no money goes back" in seen.en


@pytest.mark.parametrize("name", ["stripe", "inkind", "nobody"])
def test_a_charge_channel_that_nobody_can_pay_through_is_bad(settings: Settings, name: str) -> None:
    (seen,) = told(settings, PAYMENT_CHANNELS={"fake": {}}, TENDER_CHANNELS={}, CHARGE_CHANNEL=name)
    assert seen.level == "bad" and "no charge can be paid" in seen.en


def test_stripe_without_its_webhook_secret_is_half_done(settings: Settings) -> None:
    half = {"stripe": {"key": "sk_test_1", "webhook_secret": ""}}
    (seen,) = told(settings, PAYMENT_CHANNELS=half, TENDER_CHANNELS={"card": "stripe"}, CHARGE_CHANNEL="stripe")
    assert seen.level == "warn" and "webhook secret" in seen.en
    (well,) = told(settings, PAYMENT_CHANNELS=STRIPE)
    assert (well.level, well.en) == ("ok", "the payment channels are set up: stripe")


def test_an_installation_that_the_world_reaches_is_told_that_its_money_goes_nowhere(settings: Settings) -> None:
    seen = told(settings, BASE_URL="https://shop.example", TENDER_CHANNELS={}, CHARGE_CHANNEL="fake")
    assert [each.level for each in seen] == ["warn", "warn"]
    (well,) = told(settings, PAYMENT_CHANNELS=STRIPE, TENDER_CHANNELS={"card": "stripe"}, CHARGE_CHANNEL="stripe")
    assert well.level == "ok"


def test_every_finding_speaks_both_languages_and_trouble_comes_with_advice(settings: Settings) -> None:
    settings.BASE_URL = "https://shop.example"
    worst = told(settings, PAYMENT_CHANNELS={"stripe": {"key": "x"}}, TENDER_CHANNELS={"card": "x", "a": "fake"}, CHARGE_CHANNEL="y")
    assert len(worst) == 4
    for seen in worst:
        assert any("一" <= letter <= "鿿" for letter in seen.zh) and seen.en.isascii() and seen.advice
