"""The only writer of notices."""

from shouhou.notifications.actions.delivering import deliver, send_again
from shouhou.notifications.actions.keeping import erase_notices, mark_all_read, mark_read
from shouhou.notifications.actions.writing import QUEUE, send_invitation, send_sign_in_code, write_notices

__all__ = [
    "QUEUE",
    "deliver",
    "erase_notices",
    "mark_all_read",
    "mark_read",
    "send_again",
    "send_invitation",
    "send_sign_in_code",
    "write_notices",
]
