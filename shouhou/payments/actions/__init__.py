"""The only writer of payments."""

from shouhou.payments.actions.batching import (
    add_paper,
    cancel_batch,
    make_batch,
    record_route,
    release_batch,
    take_line,
)
from shouhou.payments.actions.callbacks import receive_callback
from shouhou.payments.actions.charge_outcome import refund_charge, settle_deposit
from shouhou.payments.actions.charging import (
    ask_about_charge,
    ask_charge,
    cancel_charge,
    cancel_charges,
    charge_of,
    choose_way,
    earn_charges,
    paid_charges,
    try_charge_again,
)  # fmt: skip
from shouhou.payments.actions.collecting import (
    collect_charge,
    cover_flash,
    drop_receivable,
    open_receivable,
    write_off_receivable,
)
from shouhou.payments.actions.contradicted import settle_contradicted
from shouhou.payments.actions.instructing import approve_refund, cancel_refund, instruct_refund, refund_of
from shouhou.payments.actions.invoicing import (
    ask_confirmation,
    cancel_invoice,
    confirm_invoice,
    issue_invoice,
    reject_invoice,
)
from shouhou.payments.actions.payouts import instruct_payout
from shouhou.payments.actions.repairing import ask_again, retry_refund, settle_offline
from shouhou.payments.actions.routing import agree_route

__all__ = [
    "add_paper",
    "agree_route",
    "approve_refund",
    "ask_about_charge",
    "ask_again",
    "ask_charge",
    "ask_confirmation",
    "cancel_batch",
    "cancel_charge",
    "cancel_charges",
    "cancel_invoice",
    "cancel_refund",
    "charge_of",
    "choose_way",
    "collect_charge",
    "confirm_invoice",
    "cover_flash",
    "drop_receivable",
    "earn_charges",
    "instruct_payout",
    "instruct_refund",
    "issue_invoice",
    "make_batch",
    "open_receivable",
    "paid_charges",
    "receive_callback",
    "record_route",
    "refund_charge",
    "refund_of",
    "reject_invoice",
    "release_batch",
    "retry_refund",
    "settle_contradicted",
    "settle_deposit",
    "settle_offline",
    "take_line",
    "try_charge_again",
    "write_off_receivable",
]  # fmt: skip
