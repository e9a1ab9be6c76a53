"""Goods that are owed and do not leave the warehouse: after a day somebody has to ask there what keeps them (ADD-02)."""

from shouhou.cases.workflows.asks import SHIPPERS
from shouhou.cases.workflows.writing import move, note
from shouhou.foundation.workflow import Ask, Limit, Move, Text, Who

COORDINATORS: frozenset[Who] = SHIPPERS | {"agent"}
FOUND = Ask("warehouse", "text", Text("仓库怎么说、预计何时发出", "What the warehouse says, and when it goes out"), required=True, most=500)


def picking(when: str) -> Limit:
    """The limit of states in which goods wait to be sent."""
    return Limit("picking", "picking_alert_hours", "note_picking", when=when, aside="merchant_operator")


def picking_moves(states: str) -> tuple[Move, ...]:
    """What happens after the limit in these states: the task, and what the warehouse answers to it."""
    return (
        note("note_picking", "备货超过时限，协调仓库", "Stuck in picking: ask the warehouse", states),
        move("coordinate", "已协调仓库", "The warehouse was asked", states, None, COORDINATORS, FOUND,
             says=Text("已协调仓库", "asked the warehouse"), when="picking_stuck"),
    )  # fmt: skip
