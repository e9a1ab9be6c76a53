"""The only writer of freight insurance."""

from shouhou.insurance.actions.claiming import ClaimFacts, open_claim, start_payout, withdraw_claim
from shouhou.insurance.actions.deciding import appeal, decide
from shouhou.insurance.actions.limits import remind_insurers, work_off_overdue
from shouhou.insurance.actions.policies import Put, put_policy
from shouhou.insurance.actions.settling import payout_settled, settle_receivable

__all__ = [
    "ClaimFacts", "Put", "appeal", "decide", "open_claim", "payout_settled", "put_policy", "remind_insurers", "settle_receivable",
    "start_payout", "withdraw_claim", "work_off_overdue",
]  # fmt: skip
