"""What was paid on top in an exchange, where units that were never replaced lie beside those that were: somebody says which came back."""

from collections.abc import Iterable
from dataclasses import replace

from shouhou.cases.workflows.asks import SYSTEM
from shouhou.cases.workflows.writing import move
from shouhou.foundation.workflow import Ask, Limit, Move, State, Text, Who

NAMES = ("settle_difference", "difference_in_doubt")
# Whoever holds the goods, or the platform: not the shop, which would gain from the answer.
KNOWING: frozenset[Who] = frozenset({"inspector", "supervisor", "arbitrator"})
HERE = "refunded closed"
DOUBT = Limit("difference_back", "supervisor_hours", "difference_in_doubt", when="difference_unsure", aside="supervisor")


def with_doubt(states: Iterable[State]) -> tuple[State, ...]:
    """The states, with the limit where the goods are gone for good."""
    return tuple(replace(state, limits=(*state.limits, DOUBT)) if state.name in HERE.split() else state for state in states)


ON_TOP_MOVES: tuple[Move, ...] = (
    move("settle_difference", "核对退回的是否换得的商品", "Say which units came back", HERE, None, KNOWING,
         Ask("which", "text", Text("哪一笔差价", "Which difference"), most=60,
             help=Text("只有一笔时可不填。", "May be left out where there is only one.")),
         Ask("units", "number", Text("退回的商品中，换得的有几件", "How many of those that came back were replacements"), required=True,
             most=9999, help=Text("一件也不是就填 0；差价按件数原路退回。", "0 if none was; their share of the difference goes back.")),
         Ask("note", "text", Text("怎么看出来的（消费者可见）", "How it shows (the consumer sees it)"), required=True, most=500),
         says=Text("核对了退回的是否换得的商品", "said which units came back"), when="difference_unsure"),
    move("difference_in_doubt", "逾期未核对，从优退还差价", "Difference in doubt", HERE, None, SYSTEM,
         says=Text("逾期未核对，差价按有利于消费者原则退还", "not looked at in time: the difference goes back in the consumer's favour"),
         when="difference_unsure"),
)  # fmt: skip
