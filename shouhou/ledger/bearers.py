"""Who bears what is paid to a buyer or for one, and the account it goes on."""

from shouhou.ledger.chart import (
    CARRIER_CLAIMS,
    CHARGES,
    INSURER_CLAIMS,
    MERCHANT_PAYABLE,
    PLATFORM_ADVANCE,
    PLATFORM_FLASH,
    PLATFORM_GOODWILL,
    SERVICE_INCOME,
)

# The shop, the platform (for the shop, or out of its own goodwill), a carrier ("carrier:sf"), what the buyer had paid ahead
# ("charges") or what that had become ("income:repair").
Bearer = str
BEARERS = (MERCHANT_PAYABLE, PLATFORM_ADVANCE, PLATFORM_GOODWILL, PLATFORM_FLASH, CARRIER_CLAIMS, CHARGES, SERVICE_INCOME, INSURER_CLAIMS)


def bearer_of(bearer: Bearer, *, merchant: int, buyer: int) -> str:
    """The account that bears it. Raises ValueError for a bearer that does not exist."""
    kind, _, word = bearer.partition(":")
    if kind == "carrier":
        return CARRIER_CLAIMS.of(carrier=word or "unknown")
    if kind == "insurer":
        return INSURER_CLAIMS.of(insurer=word)
    if kind == "income":
        return SERVICE_INCOME.of(merchant=merchant, purpose=word)
    accounts = {
        "merchant": MERCHANT_PAYABLE, "platform_advance": PLATFORM_ADVANCE, "platform_goodwill": PLATFORM_GOODWILL,
        "charges": CHARGES, "platform_flash": PLATFORM_FLASH,
    }  # fmt: skip
    if bearer not in accounts:
        raise ValueError(f"{bearer} bears nothing")
    return accounts[bearer].of(merchant=merchant, buyer=buyer)
