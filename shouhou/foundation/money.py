"""Money in whole minor units; nothing is lost or made by splitting."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

EXPONENTS: dict[str, int] = {
    **dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
}


def exponent(currency: str) -> int:
    """How many decimal places `currency` has (ISO 4217; 2 unless listed)."""
    return EXPONENTS.get(currency, 2)


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """`minor` whole minor units (fen, cents) of `currency` (ISO 4217). Arithmetic across currencies raises ValueError."""

    minor: int
    currency: str = "CNY"

    @classmethod
    def of(cls, amount: Decimal | int | str, currency: str = "CNY") -> "Money":
        """From main units ("19.90"); half a minor unit rounds away from zero. Floats are refused with TypeError."""
        if isinstance(amount, float):
            raise TypeError("money is never a float")
        scaled = Decimal(amount).scaleb(exponent(currency))
        return cls(int(scaled.quantize(Decimal(1), rounding=ROUND_HALF_UP)), currency)

    @classmethod
    def exactly(cls, text: str, currency: str) -> "Money":
        """As a person wrote it ("1,234.50"); more places than the currency has are no amount. Raises ValueError."""
        try:
            given = Decimal(text.replace(",", "").replace("¥", "").strip())
            found = cls.of(given, currency)
        except (InvalidOperation, OverflowError) as error:
            raise ValueError(text) from error
        if found.decimal != given:
            raise ValueError(text)
        return found

    @property
    def decimal(self) -> Decimal:
        """The amount in main units."""
        places = exponent(self.currency)
        return Decimal(self.minor).scaleb(-places).quantize(Decimal(1).scaleb(-places))

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    def split(self, weights: Sequence[int]) -> list["Money"]:
        """Shares in proportion to `weights` (non-negative, not all zero); they always add up to self."""
        return [Money(part, self.currency) for part in split(self.minor, weights)]

    def __str__(self) -> str:
        return f"{self.currency} {self.decimal:,}"

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not mix")
        return other.minor


def split(minor: int, weights: Sequence[int]) -> list[int]:
    """Split `minor` in proportion to `weights`: floors first, what is left over one by one to the largest remainders.

    Ties go to the larger weight, then to the first. Raises ValueError for a negative weight or when all are zero.
    """
    total = sum(weights)
    if total <= 0 or any(weight < 0 for weight in weights):
        raise ValueError("weights must be non-negative and not all zero")
    sign, amount = (-1, -minor) if minor < 0 else (1, minor)
    shares = [amount * weight // total for weight in weights]
    rest = amount - sum(shares)
    order = sorted(range(len(weights)), key=lambda i: (-(amount * weights[i] % total), -weights[i], i))
    for i in order[:rest]:
        shares[i] += 1
    return [sign * share for share in shares]
