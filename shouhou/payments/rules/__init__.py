"""What is owed: pure functions from what was paid and what comes back to an amount per tender."""

from shouhou.payments.rules.facts import (
    DEDUCTION_LABELS,
    Deduction,
    Discount,
    Fault,
    LineMoney,
    OrderMoney,
    PaymentMoney,
    Promotion,
    Quote,
    QuoteLine,
    TenderShare,
    Undone,
    fault_of,
    is_cash,
)  # fmt: skip
from shouhou.payments.rules.invoice import RedInvoice, red_invoice
from shouhou.payments.rules.offers import Offer, Tier
from shouhou.payments.rules.owed import EXCEEDS_PAID, PAYOUTS, allowance, payout, quote, to_balance
from shouhou.payments.rules.repair import RepairCharge, repair_charge

__all__ = [
    "DEDUCTION_LABELS", "EXCEEDS_PAID", "PAYOUTS", "Deduction", "Discount", "Fault", "LineMoney", "Offer", "OrderMoney",
    "PaymentMoney", "Promotion", "Quote", "QuoteLine", "RedInvoice", "RepairCharge", "TenderShare", "Tier", "Undone",
    "allowance", "fault_of", "is_cash", "payout", "quote", "red_invoice", "repair_charge", "to_balance",
]  # fmt: skip
