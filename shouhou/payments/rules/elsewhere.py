"""Which tender's money may go elsewhere than where it came from, when the buyer wants it so (L-03 art. 14). Pure."""

from dataclasses import dataclass, replace
from typing import Literal

from shouhou.payments.rules.facts import Quote, is_cash

Elsewhere = Literal["balance", "bank"]
BALANCE: Elsewhere = "balance"
# A card or an account that the buyer names, whatever it was paid with: by transfer.
BANK: Elsewhere = "bank"

# A gift card's money stays a gift card's, and what was paid in instalments is first of all no longer owed; the balance is there.
ORIGINAL_ONLY = frozenset({"gift_card", "installment", BALANCE})


@dataclass(frozen=True, slots=True)
class Consent:
    """Where the buyer wants it instead: the text that was agreed to, who told it, and how where it was not the buyer's
    own page; for a bank account also whose and which."""

    text: str
    by: str
    call_note: str = ""
    kind: Elsewhere = BALANCE
    payee: str = ""
    bank: str = ""
    account: str = ""


def may_go_elsewhere(tender: str) -> bool:
    """Coupons and points return in kind (art. 15); some money only where it came from; everything else as the buyer says."""
    return is_cash(tender) and tender not in ORIGINAL_ONLY


def where_wanted(found: Quote, to: Elsewhere) -> Quote:
    """The same amounts out of the same payments, but on the store balance or a bank account where they may go there."""
    shares = (
        replace(share, tender=to) if share.payment_id is not None and may_go_elsewhere(share.tender) else share
        for share in found.tenders
    )
    return replace(found, tenders=tuple(shares))
