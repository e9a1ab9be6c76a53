"""The wires themselves. Order is the order of calling."""

from datetime import date, datetime, time

from shouhou.cases import handlers as cases
from shouhou.foundation.days import SHANGHAI
from shouhou.logistics import ports as logistics_ports
from shouhou.orders import ports as orders_ports
from shouhou.plumbing.events import hear
from shouhou.policy.queries import book_in_force


def wire() -> None:
    """Connect hearers to events and fill ports; called once, when every app is loaded."""
    orders_ports.connect(book_in_force=_book_at)
    logistics_ports.hold_subject = cases.hold_case
    hear("pickup.collected", cases.pickup_collected)
    hear("pickup.attempt_failed", cases.pickup_attempt_failed)
    hear("pickup.exhausted", cases.pickup_exhausted)
    hear("refund.settled", cases.refund_settled)
    hear("refund.failed", cases.refund_failed)


def _book_at(day: date) -> tuple[str, str]:
    """The default book's version in force on the day (DEF-02)."""
    found = book_in_force(datetime.combine(day, time(12), SHANGHAI))
    return found.book, found.version
