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
from shouhou.payments.actions.charge_outcome import (
    given_back_in_parts,
    refund_charge,
    refund_charge_part,
    settle_deposit,
)  # fmt: skip
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
    collect_charges,
    cover_flash,
    drop_receivable,
    open_receivable,
    write_off_receivable,
)
from shouhou.payments.actions.contradicted import settle_contradicted
from shouhou.payments.actions.courier_bills import take_courier_bill
from shouhou.payments.actions.instructing import approve_refund, cancel_refund, instruct_refund, refund_of
from shouhou.payments.actions.invoicing import (
    ask_confirmation,
    cancel_invoice,
    confirm_invoice,
    issue_invoice,
    reject_invoice,
)
from shouhou.payments.actions.overpaying import ask_overpaid, decide_overpaid_off, propose_overpaid_off
from shouhou.payments.actions.payouts import instruct_payout
from shouhou.payments.actions.repairing import ask_again, offline_waits, retry_refund, settle_offline
from shouhou.payments.actions.routing import agree_route, forget_wanted, send_as_wanted, want_route, wanted_route
from shouhou.payments.actions.wrong_charge import confirm_wrong_charge, settle_wrong_charge

__all__ = [
    "add_paper",
    "agree_route",
    "approve_refund",
    "ask_about_charge",
    "ask_again",
    "ask_charge",
    "ask_confirmation",
    "ask_overpaid",
    "cancel_batch",
    "cancel_charge",
    "cancel_charges",
    "cancel_invoice",
    "cancel_refund",
    "charge_of",
    "choose_way",
    "collect_charges",
    "confirm_invoice",
    "confirm_wrong_charge",
    "cover_flash",
    "decide_overpaid_off",
    "drop_receivable",
    "earn_charges",
    "forget_wanted",
    "given_back_in_parts",
    "instruct_payout",
    "instruct_refund",
    "issue_invoice",
    "make_batch",
    "offline_waits",
    "open_receivable",
    "paid_charges",
    "propose_overpaid_off",
    "receive_callback",
    "record_route",
    "refund_charge",
    "refund_charge_part",
    "refund_of",
    "reject_invoice",
    "release_batch",
    "retry_refund",
    "send_as_wanted",
    "settle_contradicted",
    "settle_deposit",
    "settle_offline",
    "settle_wrong_charge",
    "take_courier_bill",
    "take_line",
    "try_charge_again",
    "want_route",
    "wanted_route",
    "write_off_receivable",
]
