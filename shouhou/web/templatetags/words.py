"""How pages write money, instants and what is left of a limit."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shouhou.foundation.money import Money
from shouhou.foundation.workflow import Text
from shouhou.web.labels import PAYMENT_CHANNELS, label
from shouhou.web.page import language

register = template.Library()
SIGNS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "JP¥", "BRL": "R$"}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@register.filter
def money(value: object, currency: str = "CNY") -> str:
    """¥1,299.00 from minor units, a Money, or the contract's {"amount", "currency"}."""
    if value is None or value == "":
        return ""
    if isinstance(value, Mapping):
        value = Money(int(value["amount"]), str(value["currency"]))
    elif not isinstance(value, Money):
        value = Money(int(str(value)), currency or "CNY")
    sign = SIGNS.get(value.currency, f"{value.currency} ")
    return f"{'−' if value.minor < 0 else ''}{sign}{abs(value.decimal):,}"


@register.filter
def payment_channel(code: object) -> str:
    """The name of the way money takes: 演示渠道, Stripe …"""
    return label(PAYMENT_CHANNELS, str(code))


@register.filter
def instant(value: object) -> str:
    """2026-11-24 18:30 · 24 Nov 2026, 18:30, in the house's time zone."""
    at = _at(value)
    if at is None:
        return ""
    here = timezone.localtime(at)
    return f"{day(here)}{',' if language() == 'en' else ''} {here:%H:%M}"


@register.filter
def day(value: object) -> str:
    """2026-11-24 · 24 Nov 2026."""
    if isinstance(value, str):
        value = date.fromisoformat(value[:10])
    if not isinstance(value, date):
        return ""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}" if language() == "en" else f"{value:%Y-%m-%d}"


@register.filter
def month_name(value: date | str) -> str:
    """2026-11 · Nov 2026, of a day in the month or of the month as an address writes it."""
    value = date.fromisoformat(f"{value}-01") if isinstance(value, str) else value
    return f"{MONTHS[value.month - 1]} {value.year}" if language() == "en" else f"{value:%Y-%m}"


@register.filter
def iso(value: object) -> str:
    """For <time datetime>."""
    at = _at(value)
    return at.isoformat(timespec="seconds") if at else ""


@register.filter
def left(value: object, now: datetime) -> str:
    """剩 1 天 3 小时, or 已超时 2 小时."""
    at = _at(value)
    if at is None:
        return ""
    span = _span(abs(at - now))
    return _("已超时 %(span)s") % {"span": span} if at < now else _("剩 %(span)s") % {"span": span}


@register.filter
def is_late(value: object, now: datetime) -> bool:
    at = _at(value)
    return at is not None and at < now


@register.filter
def is_soon(value: object, now: datetime) -> bool:
    """Within the next 12 hours."""
    at = _at(value)
    return at is not None and now <= at < now + timedelta(hours=12)


@register.filter
def said(value: Text) -> str:
    """A domain text in the page's language."""
    return value.in_(language())


@register.filter
def both(value: object) -> str:
    """The page's language out of {"zh": …, "en": …}."""
    if not isinstance(value, Mapping):
        return str(value or "")
    return str(value.get("en" if language() == "en" else "zh") or value.get("zh") or "")


def _span(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = []
    if days:
        parts.append(ngettext("%(n)d 天", "%(n)d 天", days) % {"n": days})
    if hours:
        parts.append(ngettext("%(n)d 小时", "%(n)d 小时", hours) % {"n": hours})
    if not days and (minutes or not hours):
        parts.append(ngettext("%(n)d 分钟", "%(n)d 分钟", minutes) % {"n": minutes})
    return " ".join(parts)


def _at(value: object) -> datetime | None:
    if isinstance(value, str):
        value = parse_datetime(value)
    return value if isinstance(value, datetime) else None
