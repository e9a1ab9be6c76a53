"""A refund of which the channel told another amount: it waits for finance, who confirms what was paid and settles it."""

from shouhou.cases.moving import Moving
from shouhou.payments import actions as payments
from shouhou.payments.actions.contradicted import contradicted_parts
from shouhou.payments.models import RefundPart


def remember(moving: Moving) -> None:
    """Until finance has spoken the case offers nothing else: trying again with the same key could not pay anyway."""
    moving.set(preview={**moving.case.preview, "contradicted": True})


def settle(moving: Moving) -> None:
    """The settlement's event closes the money leg; what another tender still lacks keeps the case where it is."""
    refund, answers = payments.refund_of(moving.case.number), moving.answers
    if len(contradicted_parts(list(RefundPart.objects.filter(refund=refund)))) <= 1:
        moving.set(preview={name: value for name, value in moving.case.preview.items() if name != "contradicted"})
    moving.once_moved(
        lambda: payments.settle_contradicted(
            refund.number, paid_minor=answers["paid"], proof=answers["proof"], rest_proof=answers.get("rest_proof", ""),
            actor=moving.actor, now=moving.now,
        )
    )  # fmt: skip
