"""The only writer of notices, of what people want to hear, of rooms and of calls to make."""

from shouhou.notifications.actions.calling import note_call, take_call
from shouhou.notifications.actions.delivering import deliver
from shouhou.notifications.actions.falling import take_report
from shouhou.notifications.actions.keeping import erase_notices, mark_all_read, mark_read
from shouhou.notifications.actions.laying import QUEUE
from shouhou.notifications.actions.minding import mind
from shouhou.notifications.actions.preferring import prefer, set_chain, switch
from shouhou.notifications.actions.reporting import receive_bounce, receive_callback
from shouhou.notifications.actions.resending import resend, send_again
from shouhou.notifications.actions.rooms import set_up_room, switch_room
from shouhou.notifications.actions.telling_on import keep_told
from shouhou.notifications.actions.writing import send_invitation, send_sign_in_code, write_notices

__all__ = [
    "QUEUE",
    "deliver",
    "erase_notices",
    "keep_told",
    "mark_all_read",
    "mark_read",
    "mind",
    "note_call",
    "prefer",
    "receive_bounce",
    "receive_callback",
    "resend",
    "send_again",
    "send_invitation",
    "send_sign_in_code",
    "set_chain",
    "set_up_room",
    "switch",
    "switch_room",
    "take_call",
    "take_report",
    "write_notices",
]
