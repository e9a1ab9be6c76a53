"""Rights of other jurisdictions, from their own books: withdrawal, short-term rejection, what is refunded (L-25)."""

from dataclasses import dataclass
from datetime import date, timedelta

from shouhou.foundation.days import add_months
from shouhou.foundation.money import Money
from shouhou.policy.compiler import CompiledBook

BOOK_OF = {"CN": "std-1", "EU": "eu-1", "UK": "uk-1"}


@dataclass(frozen=True, slots=True)
class Right:
    """A right that ends with `last_day`; None: this jurisdiction does not know it."""

    open: bool
    last_day: date | None


def withdrawal(book: CompiledBook, *, received_on: date, on: date, informed: bool) -> Right:
    """The no-reason right, longer when the consumer was not told of it."""
    last = received_on + timedelta(days=book.term("no_reason_return_days"))
    if not informed:
        last = add_months(last, book.term("uninformed_extension_months"))
    return Right(on <= last, last)


def short_term_rejection(book: CompiledBook, *, received_on: date, on: date, defect: bool) -> Right:
    """The right to reject faulty goods outright."""
    days = book.term("short_term_reject_days")
    if not days:
        return Right(False, None)
    last = received_on + timedelta(days=days)
    return Right(defect and on <= last, last)


def withdrawal_refund(book: CompiledBook, *, paid: Money, delivery: Money, standard_delivery: Money) -> Money:
    """The price, and where the law says so the standard delivery (never the dearer one that was chosen)."""
    if book.choice("refund_standard_delivery") is not True:
        return paid
    return paid + min(delivery, standard_delivery, key=lambda amount: amount.minor)
