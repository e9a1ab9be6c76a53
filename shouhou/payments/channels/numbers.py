"""Our key as the merchant's number at a channel that knows no idempotency key, and back."""

from uuid import UUID


def out_number(key: UUID) -> str:
    """32 letters and digits: what both WeChat Pay and Alipay take as out_trade_no, out_refund_no or out_request_no."""
    return key.hex


def key_in(out_number: str) -> UUID | None:
    """Our key in a merchant's number; None for a number that somebody else gave out."""
    try:
        found = UUID(hex=out_number)
    except ValueError:
        return None
    return found if found.hex == out_number else None
