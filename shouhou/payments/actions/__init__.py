"""The only writer of payments."""

from shouhou.payments.actions.callbacks import receive_callback
from shouhou.payments.actions.charge_outcome import refund_charge
from shouhou.payments.actions.charging import (
    ask_about_charge,
    ask_charge,
    cancel_charge,
    cancel_charges,
    charge_of,
    earn_charges,
    paid_charges,
    try_charge_again,
)  # fmt: skip
from shouhou.payments.actions.contradicted import settle_contradicted
from shouhou.payments.actions.instructing import approve_refund, cancel_refund, instruct_refund, refund_of
from shouhou.payments.actions.payouts import instruct_payout
from shouhou.payments.actions.repairing import retry_refund, settle_offline

__all__ = [
    "approve_refund", "ask_about_charge", "ask_charge", "cancel_charge", "cancel_charges", "cancel_refund", "charge_of",
    "earn_charges", "instruct_payout", "instruct_refund", "paid_charges", "receive_callback", "refund_charge", "refund_of", "retry_refund",
    "settle_contradicted", "settle_offline", "try_charge_again",
]  # fmt: skip
