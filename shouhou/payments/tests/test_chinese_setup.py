"""What the doctor says about WeChat Pay and Alipay: whole, half done, with keys that are none, behind plain http."""

import pytest
from pytest_django.fixtures import Settings

from shouhou.payments.channels.alipay.fake import desk as alipay_desk
from shouhou.payments.channels.health import channel_health
from shouhou.payments.channels.registry import is_set_up
from shouhou.payments.channels.wechat.fake import desk as wechat_desk
from shouhou.payments.tests.chinese_houses import alipay_keys, wechat_keys

WECHAT = {
    "merchant": wechat_desk.MERCHANT, "app": wechat_desk.APP, "serial": wechat_desk.SERIAL, "api_key": "0" * 32,
    "private_key": wechat_keys().merchant.private_pem, "public_key": wechat_keys().platform.public_pem,
    "public_key_id": wechat_desk.KEY_ID, "certificates": "", "url": "",
}  # fmt: skip
ALIPAY = {
    "app": alipay_desk.APP, "seller": alipay_desk.SELLER, "private_key": alipay_keys().app.private_pem,
    "public_key": alipay_keys().alipay.public_pem, "url": "",
}  # fmt: skip
WHOLE = {"wechat": WECHAT, "alipay": ALIPAY}


def told(settings: Settings, name: str, *, base: str = "https://shop.example", **changes: str) -> list[tuple[str, str]]:
    settings.BASE_URL = base
    settings.PAYMENT_CHANNELS = {name: {**WHOLE[name], **changes}}
    settings.TENDER_CHANNELS, settings.CHARGE_CHANNEL = {name: name}, name
    return [(seen.level, seen.en) for seen in channel_health()]


@pytest.mark.parametrize("name", ["wechat", "alipay"])
def test_what_is_whole_is_ready(settings: Settings, name: str) -> None:
    assert told(settings, name) == [("ok", f"the payment channels are set up: {name}")]


@pytest.mark.parametrize(
    ("name", "changes", "words"),
    [
        ("wechat", {"private_key": ""}, "private_key"), ("wechat", {"api_key": "short"}, "api_key (32 bytes)"),
        ("wechat", {"public_key_id": ""}, "public_key + public_key_id"), ("wechat", {"private_key": "/nowhere/key.pem"}, "private_key"),
        ("wechat", {"private_key": "AAAA"}, "private_key"), ("wechat", {"public_key": "AAAA"}, "public_key"),
        ("alipay", {"seller": ""}, "seller"), ("alipay", {"private_key": "AAAA"}, "private_key"),
        ("alipay", {"public_key": "/nowhere/key.pem"}, "public_key"),
    ],
)  # fmt: skip
def test_what_is_missing_or_unreadable_is_named(settings: Settings, name: str, changes: dict[str, str], words: str) -> None:
    [(level, said)] = told(settings, name, **changes)
    assert level == "bad" and words in said and "PRIVATE" not in said


def test_certificates_do_instead_of_the_public_key(settings: Settings) -> None:
    changes = {"public_key": "", "public_key_id": "", "certificates": "/var/lib/shouhou/wechat"}
    assert [level for level, _ in told(settings, "wechat", **changes)] == ["ok"]


@pytest.mark.parametrize("name", ["wechat", "alipay"])
def test_behind_plain_http_nobody_calls_back(settings: Settings, name: str) -> None:
    assert [level for level, _ in told(settings, name, base="http://127.0.0.1:8000")] == ["warn"]


def test_without_a_merchants_number_there_is_no_such_channel(settings: Settings) -> None:
    settings.PAYMENT_CHANNELS = {"wechat": {**WECHAT, "merchant": ""}, "alipay": {**ALIPAY, "app": ""}}
    assert not is_set_up("wechat") and not is_set_up("alipay")
