"""What is owed: pure functions from what was paid and what comes back to an amount per tender."""

from shouhou.payments.rules.facts import (
    DEDUCTION_LABELS,
    Deduction,
    Fault,
    LineMoney,
    OrderMoney,
    PaymentMoney,
    Promotion,
    Quote,
    QuoteLine,
    TenderShare,
    fault_of,
    is_cash,
)  # fmt: skip
from shouhou.payments.rules.invoice import RedInvoice, red_invoice
from shouhou.payments.rules.owed import EXCEEDS_PAID, PAYOUTS, allowance, payout, quote, to_balance
from shouhou.payments.rules.repair import RepairCharge, repair_charge

__all__ = [
    "DEDUCTION_LABELS", "EXCEEDS_PAID", "PAYOUTS", "Deduction", "Fault", "LineMoney", "OrderMoney", "PaymentMoney", "Promotion",
    "Quote", "QuoteLine", "RedInvoice", "RepairCharge", "TenderShare", "allowance", "fault_of", "is_cash", "payout", "quote",
    "red_invoice", "repair_charge", "to_balance",
]  # fmt: skip
