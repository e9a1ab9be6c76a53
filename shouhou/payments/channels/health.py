"""What the settings of the payment channels make impossible, or leave half done."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from django.conf import settings

from shouhou.payments.channels.registry import CHANNELS, DEFAULT, NEEDS, PAY_CHANNELS, is_set_up

# Coupons and points only: it pays by the shop's giving them back.
IN_KIND = "inkind"
DOCUMENTED = "docs/channels.md"


class Seen(NamedTuple):
    """How one thing is, in both languages, and what to do when it is not well."""

    level: Literal["ok", "warn", "bad"]
    zh: str
    en: str
    advice: str = ""


def channel_health() -> Iterator[Seen]:
    """What can be said without asking any channel."""
    wrong = [*_tenders(), *_charges(), *_events(), *_keys(), *_pretending()]
    if wrong:
        yield from wrong
        return
    ready = [name for name in CHANNELS if name in NEEDS and is_set_up(name)] or [DEFAULT]
    yield Seen("ok", f"支付渠道设置完整：{'、'.join(ready)}", f"the payment channels are set up: {', '.join(ready)}")


def _tenders() -> Iterator[Seen]:
    for tender, name in sorted(settings.TENDER_CHANNELS.items()):
        if name == IN_KIND:
            yield Seen(
                "bad", f"支付方式 {tender} 指向 {name}：不会真正退款", f"{tender} goes back {name}: no money goes back",
                f"SHOUHOU_TENDERS; {DOCUMENTED}",
            )  # fmt: skip
        elif not is_set_up(name):
            yield Seen(
                "bad", f"支付方式 {tender} 指向未设置的渠道 {name}：其退款只会排队",
                f"{tender} goes back through {name}, which is not set up: its refunds wait",
                f"SHOUHOU_TENDERS, {_variables(name)}; {DOCUMENTED}",
            )  # fmt: skip


def _charges() -> Iterator[Seen]:
    name = settings.CHARGE_CHANNEL
    if name not in PAY_CHANNELS or not is_set_up(name):
        yield Seen(
            "bad", f"消费者付款渠道 {name} 未设置：付款链接无法生成",
            f"consumers are to pay through {name}, which is not set up: no charge can be paid",
            f"SHOUHOU_CHARGE_CHANNEL, {_variables(name)}; {DOCUMENTED}",
        )  # fmt: skip


def _events() -> Iterator[Seen]:
    stripe = settings.PAYMENT_CHANNELS.get("stripe", {})
    if is_set_up("stripe") and not stripe.get("webhook_secret"):
        yield Seen(
            "warn", "Stripe 未设置回调密钥：结果只能靠查询得知，银行退回的退款不会被发现",
            "stripe has no webhook secret: outcomes are only asked for, and a refund that a bank gives back goes unnoticed",
            f"SHOUHOU_STRIPE_WEBHOOK_SECRET; {DOCUMENTED}",
        )  # fmt: skip


def _keys() -> Iterator[Seen]:
    # Their SDKs are heavy and are loaded only where somebody asks.
    from shouhou.payments.channels.alipay import account as alipay_account
    from shouhou.payments.channels.wechat import account as wechat_account

    for name, zh, en, wrong_with in (
        ("wechat", "微信支付", "WeChat Pay", wechat_account.wrong_with), ("alipay", "支付宝", "Alipay", alipay_account.wrong_with),
    ):  # fmt: skip
        if not is_set_up(name):
            continue
        if wrong := wrong_with(settings.PAYMENT_CHANNELS[name]):
            yield Seen(
                "bad", f"{zh}设置不完整或密钥无法读取：{wrong}", f"{en} is not set up completely, or a key cannot be read: {wrong}",
                f"SHOUHOU_{name.upper()}_…; {DOCUMENTED}",
            )  # fmt: skip
        elif not settings.BASE_URL.startswith("https://"):
            yield Seen(
                "warn", f"{zh}只回调 https 地址，而本站是 {settings.BASE_URL}：结果只能靠查询得知",
                f"{en} calls back over https only, and this is {settings.BASE_URL}: outcomes are only asked for",
                f"SHOUHOU_BASE_URL; {DOCUMENTED}",
            )  # fmt: skip


def _pretending() -> Iterator[Seen]:
    """An installation that the world can reach, whose money goes nowhere."""
    if settings.BASE_URL.startswith(("http://localhost", "http://127.0.0.1")):
        return
    if settings.CHARGE_CHANNEL == DEFAULT:
        yield Seen(
            "warn", "对外服务的消费者付款经由模拟渠道：不会真正收款", "consumers pay through the fake channel: no money is taken",
            f"SHOUHOU_CHARGE_CHANNEL; {DOCUMENTED}",
        )  # fmt: skip
    if DEFAULT in settings.TENDER_CHANNELS.values() or not settings.TENDER_CHANNELS:
        yield Seen(
            "warn", "对外服务的退款经由模拟渠道：不会真正退款", "refunds go through the fake channel: no money goes back",
            f"SHOUHOU_TENDERS; {DOCUMENTED}",
        )  # fmt: skip


def _variables(name: str) -> str:
    return f"SHOUHOU_{name.upper()}_{NEEDS[name].upper()}" if name in NEEDS else f"{name}?"
