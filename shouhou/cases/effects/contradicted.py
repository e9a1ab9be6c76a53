"""A refund of which the channel told another amount: it waits for finance, who confirms what was paid and settles it."""

from shouhou.cases.effects.said import say
from shouhou.cases.moving import Moving
from shouhou.payments import actions as payments
from shouhou.payments.actions.contradicted import contradicted_parts, waits_for_second
from shouhou.payments.models import RefundPart


def remember(moving: Moving) -> None:
    """Until finance has spoken the case offers nothing else: trying again with the same key could not pay anyway."""
    moving.set(preview={**moving.case.preview, "contradicted": True})


def settle(moving: Moving) -> None:
    """The settlement's event closes the money leg; what another tender still lacks keeps the case where it is."""
    refund, answers = payments.refund_of(moving.case.number), moving.answers
    told = {"paid_minor": answers["paid"], "proof": answers["proof"], "rest_proof": answers.get("rest_proof", "")}
    if waits_for_second(refund, **told):
        say(moving, "渠道实付金额已由第一人登记，金额较大：须另一人以同样的内容再次登记后入账。",
            "What the channel paid was written down by one person; the amount is large: another one has to say the same before it "
            "is booked.",
            internal=True)  # fmt: skip
    elif len(contradicted_parts(list(RefundPart.objects.filter(refund=refund)))) <= 1:
        moving.set(preview={name: value for name, value in moving.case.preview.items() if name != "contradicted"})
    moving.once_moved(
        lambda: payments.settle_contradicted(refund.number, **told, actor=moving.actor, now=moving.now)
    )
