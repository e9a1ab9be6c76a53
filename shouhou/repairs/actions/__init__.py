"""The only writer of the workshop; every call is a transaction of its own or part of the caller's."""

from shouhou.repairs.actions.handing import hand_back, lend_unit, secured_by, take_back_unit
from shouhou.repairs.actions.meeting import book_appointment, cancel_appointment, miss_appointment
from shouhou.repairs.actions.opening import Unit, assign, end_order, open_order, place_order, take_in
from shouhou.repairs.actions.working import (
    Found,
    answer_quote,
    ask_papers,
    diagnose,
    free_of_charge,
    give_quote,
    give_up,
    look_again,
    order_part,
    papers_settled,
    part_arrived,
    record_repair,
    record_test,
    settle_scope,
    start_repair,
)

__all__ = [
    "Found", "Unit", "answer_quote", "ask_papers", "assign", "book_appointment", "cancel_appointment", "diagnose",
    "end_order", "free_of_charge", "give_quote", "give_up", "hand_back", "lend_unit", "look_again",
    "miss_appointment", "open_order", "order_part", "papers_settled", "part_arrived", "place_order",
    "record_repair", "record_test", "secured_by", "settle_scope", "start_repair", "take_back_unit", "take_in",
]  # fmt: skip
