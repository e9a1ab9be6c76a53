"""Amounts as Stripe writes them: mostly our minor units, with its own number of places for some currencies."""

from shouhou.foundation.money import exponent

# Where Stripe counts otherwise than in hundredths. ISK and UGX have no minor unit, but are written with two places.
PLACES: dict[str, int] = {
    **dict.fromkeys((
        "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF",
    ), 0),
    **dict.fromkeys(("BHD", "JOD", "KWD", "OMR", "TND"), 3),
}  # fmt: skip


class Inexact(ValueError):
    """The amount has no whole number of units on the other side."""


def to_stripe(minor: int, currency: str) -> int:
    """Our minor units in Stripe's. Raises Inexact."""
    return _shifted(minor, PLACES.get(currency, 2) - exponent(currency), currency)


def from_stripe(amount: int, currency: str) -> int:
    """Stripe's units in our minor ones. Raises Inexact."""
    return _shifted(amount, exponent(currency) - PLACES.get(currency, 2), currency)


def _shifted(amount: int, places: int, currency: str) -> int:
    if places >= 0:
        return amount * int(10**places)
    whole, rest = divmod(amount, int(10**-places))
    if rest:
        raise Inexact(f"{amount} of {currency}")
    return whole
