"""The only writer of payments."""

from shouhou.payments.actions.callbacks import receive_callback
from shouhou.payments.actions.instructing import approve_refund, cancel_refund, instruct_refund, refund_of
from shouhou.payments.actions.repairing import retry_refund, settle_offline

__all__ = [
    "approve_refund",
    "cancel_refund",
    "instruct_refund",
    "receive_callback",
    "refund_of",
    "retry_refund",
    "settle_offline",
]
