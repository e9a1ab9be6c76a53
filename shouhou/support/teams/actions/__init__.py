"""What is done with a team: training noted, work checked, shifts swapped."""

from shouhou.support.teams.actions.checking import draw_checks, note_check, reply_to_check
from shouhou.support.teams.actions.swapping import Wish, answer_swap, ask_swap, decide_swap, withdraw_swap
from shouhou.support.teams.actions.training import NewCourse, add_course, add_training, end_course, tell_lapsed

__all__ = [
    "NewCourse",
    "Wish",
    "add_course",
    "add_training",
    "answer_swap",
    "ask_swap",
    "decide_swap",
    "draw_checks",
    "end_course",
    "note_check",
    "reply_to_check",
    "tell_lapsed",
    "withdraw_swap",
]
