"""What the book in force says about a shop's money, and the contract where it says otherwise."""

from datetime import datetime, timedelta

from shouhou.merchants.models import Merchant
from shouhou.policy.queries import book_in_force, compiled
from shouhou.policy.terms import Terms
from shouhou.settlements.models import MerchantAccount


def terms_now(now: datetime) -> Terms:
    """The terms of the default book's version in force."""
    found = book_in_force(now)
    return compiled(found.book, found.version).terms


def required_deposit(merchant: Merchant, account: MerchantAccount | None, *, now: datetime) -> int:
    """What the shop must keep as security, in minor units: its contract's word, else the book's."""
    if account is not None and account.required_minor is not None:
        return account.required_minor
    return terms_now(now).number("deposit_required", channel=merchant.channel)


def warning_level(required_minor: int, *, now: datetime) -> int:
    """Below this a shop is told."""
    return required_minor * terms_now(now).number("deposit_warning_percent") // 100


def days(term: str, *, now: datetime) -> timedelta:
    return timedelta(days=terms_now(now).number(term))
