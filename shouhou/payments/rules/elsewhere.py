"""Which tender's money may go elsewhere than where it came from, when the buyer wants it so (L-03 art. 14). Pure."""

from dataclasses import dataclass, replace

from shouhou.payments.rules.facts import Quote, is_cash

BALANCE = "balance"

# A gift card's money stays a gift card's, and what was paid in instalments is first of all no longer owed; the balance is there.
ORIGINAL_ONLY = frozenset({"gift_card", "installment", BALANCE})


@dataclass(frozen=True, slots=True)
class Consent:
    """The buyer wants it on the store balance: the text that was agreed to, who told it, and how where it was not the buyer's
    own page."""

    text: str
    by: str
    call_note: str = ""


def may_go_elsewhere(tender: str) -> bool:
    """Coupons and points return in kind (art. 15); some money only where it came from; everything else as the buyer says."""
    return is_cash(tender) and tender not in ORIGINAL_ONLY


def to_balance_where_wanted(found: Quote) -> Quote:
    """The same amounts out of the same payments, on the store balance where they may go there."""
    shares = (
        replace(share, tender=BALANCE) if share.payment_id is not None and may_go_elsewhere(share.tender) else share
        for share in found.tenders
    )
    return replace(found, tenders=tuple(shares))
