"""What can be done with conversations; every door calls these and nothing else."""

from shouhou.support.conversations.actions.calling import record_call
from shouhou.support.conversations.actions.handing import ask_house, claim, claim_next, close, hand_over, release
from shouhou.support.conversations.actions.keeping import add_duty, add_reply, end_duty, end_reply
from shouhou.support.conversations.actions.opening import open_talk
from shouhou.support.conversations.actions.saying import mark_read, say, tell_unread, weigh_words

__all__ = [
    "add_duty", "add_reply", "ask_house", "claim", "claim_next", "close", "end_duty", "end_reply", "hand_over", "mark_read",
    "open_talk", "record_call", "release", "say", "tell_unread", "weigh_words",
]  # fmt: skip
