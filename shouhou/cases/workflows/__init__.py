"""The service catalogue: one workflow a service; a new one is one file and one line here."""

from shouhou.cases.workflows.asks import SYSTEM
from shouhou.cases.workflows.cancel import CANCEL
from shouhou.cases.workflows.compensation import COMPENSATION
from shouhou.cases.workflows.complaint import COMPLAINT, FEEDBACK
from shouhou.cases.workflows.dispute import with_dispute
from shouhou.cases.workflows.exchange import EXCHANGE
from shouhou.cases.workflows.price_protection import PRICE_PROTECTION
from shouhou.cases.workflows.refund_only import REFUND_ONLY
from shouhou.cases.workflows.repair import REPAIR_SERVICE
from shouhou.cases.workflows.resend import RESEND
from shouhou.cases.workflows.returns import RETURN
from shouhou.cases.workflows.writing import move
from shouhou.foundation.workflow import Move, State, Text, Workflow, catalogue

WORKFLOWS: dict[str, Workflow] = catalogue(*map(with_dispute, (
    RETURN, EXCHANGE, REPAIR_SERVICE, REFUND_ONLY, CANCEL, RESEND, PRICE_PROTECTION, COMPENSATION, COMPLAINT, FEEDBACK,
)))  # fmt: skip


# What a measure against a shop does to its cases: written in their history, no step of any service.
TAKE_OVER = move(
    "take_over", "平台接手", "The platform takes over", "", None, SYSTEM, says=Text("平台接手处理", "taken over by the platform")
)
GIVE_BACK = move(
    "give_back_to_shop", "交回商家", "Back to the shop", "", None, SYSTEM, says=Text("交回商家处理", "handed back to the shop")
)
BESIDE_ALL = {each.name: each for each in (TAKE_OVER, GIVE_BACK)}

# Limits that run beside what a case itself waits for: they never make it due.
ASIDE = frozenset(limit.name for each in WORKFLOWS.values() for state in each.states for limit in state.limits if limit.aside)


def move_named(service: str, name: str) -> Move | None:
    """The move, also when the case was another service's before it was converted; None when nobody knows it."""
    workflows = (WORKFLOWS[service], *WORKFLOWS.values()) if service in WORKFLOWS else tuple(WORKFLOWS.values())
    return BESIDE_ALL.get(name) or next((found for workflow in workflows if (found := workflow.move(name))), None)


def state_named(service: str, name: str) -> State:
    """The state, also one from before a conversion. Raises KeyError when no service knows it."""
    workflows = (WORKFLOWS[service], *WORKFLOWS.values()) if service in WORKFLOWS else tuple(WORKFLOWS.values())
    return next(state for workflow in workflows for state in workflow.states if state.name == name)
