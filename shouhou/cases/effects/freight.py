"""What the consumer paid for the way back: its receipt is kept as evidence, the amount stands in the history."""

from shouhou.cases.evidence import attach_tokens
from shouhou.cases.moving import Moving

RECEIPT = "freight_receipt"


def keep_receipt(moving: Moving) -> None:
    tokens = moving.answers.get(RECEIPT)
    if tokens:
        attach_tokens(moving.case.id, tokens, kind=RECEIPT, actor=moving.actor, now=moving.now)
