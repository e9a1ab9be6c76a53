"""The flow as it is drawn: every step that there is to travel, by the service and whose shop it is."""

from shouhou.cases.workflows import WORKFLOWS
from shouhou.cases.workflows.dispute import HERE, SHOP_APPEAL, STEPS
from shouhou.cases.workflows.dispute import STATES as DISPUTE_STATES
from shouhou.cases.workflows.returns import RETURN
from shouhou.foundation.workflow import Move, State, Workflow
from tests.stories.elsewhere import NEVER_HERE

# Passed through within one transaction: nobody can do anything there, and no limit ends there.
PASSING: dict[str, tuple[str, ...]] = {"allowed": (), "accepted": ("exchange",)}
WHOSE = {"self_reviewed": "self", "merchant_reviewed": "third", "shop_lost": "third", "shop_appeal_open": "third"}
DISPUTED_MOVES = {move.name for move in WORKFLOWS["return"].moves} - {move.name for move in RETURN.moves}
DISPUTED_LIMITS = {f"limit {limit.name}" for state in DISPUTE_STATES for limit in state.limits} | {f"limit {SHOP_APPEAL.name}"}


def in_dispute(each: str) -> bool:
    """Whether a step or limit belongs to what a dispute lays around every service: that is walked for itself."""
    state, _, move = each.partition(": ")
    return state in STEPS or move in DISPUTED_MOVES or each in DISPUTED_LIMITS


def step(state: str, move: str) -> str:
    return f"{state}: {move}"


def steps(service: str, channel: str) -> set[str]:
    """All there is to travel: `state: move` and `limit name`."""
    workflow = WORKFLOWS[service]
    left_out = NEVER_HERE.get((service, channel), {})
    states = [state for state in workflow.states if not _passed_through(service, state.name) and state.name not in left_out]
    moves = {
        step(state.name, move.name) for state in states for move in workflow.moves
        if state.name in move.sources and _happens(workflow, state, move, channel)
    }  # fmt: skip
    return moves | {f"limit {name}" for state in states for name in _limits(state, channel)}


def by_clock(workflow: Workflow) -> set[str]:
    """Moves that nobody makes but the clock."""
    begun = {workflow.applying.by_book, *workflow.applying.at_once}
    overdue = {limit.on_breach for state in workflow.states for limit in state.limits}
    return {name for name in overdue - begun if workflow.need(name).by == {"system"}}


def _passed_through(service: str, state: str) -> bool:
    return state in PASSING and service not in PASSING[state]


def _limits(state: State, channel: str) -> list[str]:
    """Limits that run there for this channel's cases."""
    return [limit.name for limit in state.limits if WHOSE.get(limit.when or "", channel) == channel]


def _happens(workflow: Workflow, state: State, move: Move, channel: str) -> bool:
    """What only the clock does, it does where a limit that runs for this channel says so."""
    running = _limits(state, channel)
    if WHOSE.get(move.when or "", channel) != channel:
        return False
    if state.name in STEPS and HERE in move.sources and move.name not in DISPUTED_MOVES and move.target is None:
        # What goes on beside a dispute is travelled where the ruling is awaited; it is the same beside each of its steps.
        return False
    return move.name not in by_clock(workflow) or any(limit.on_breach == move.name for limit in state.limits if limit.name in running)
