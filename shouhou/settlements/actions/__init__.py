"""What is written about merchants' money."""

from shouhou.settlements.actions.accounts import AccountFacts, keep_account
from shouhou.settlements.actions.deposits import approve_movement, pay_in, pay_out, refuse_movement
from shouhou.settlements.actions.paying import (
    begin_payout,
    exchange_payout,
    finish_payout,
    is_contradicted,
    pay_offline,
    retry_payout,
    take_up_payouts,
)
from shouhou.settlements.actions.recharges import (
    announce_recharges,
    appeal,
    book_recharges,
    claim_loss,
    claim_penalties,
    decide,
    watch_appeals,
)
from shouhou.settlements.actions.repairing import settle_contradicted_payout
from shouhou.settlements.actions.selling import watch_sales
from shouhou.settlements.actions.settling import (
    prepare_all,
    prepare_settlement,
    release_settlement,
    withdraw_settlement,
)

__all__ = [
    "AccountFacts", "announce_recharges", "appeal", "approve_movement", "begin_payout", "book_recharges", "claim_loss", "claim_penalties",
    "decide", "exchange_payout", "finish_payout", "is_contradicted", "keep_account", "pay_in", "pay_offline", "pay_out",
    "prepare_all", "prepare_settlement", "refuse_movement", "release_settlement", "retry_payout",
    "settle_contradicted_payout", "take_up_payouts", "watch_appeals", "watch_sales", "withdraw_settlement",
]  # fmt: skip
