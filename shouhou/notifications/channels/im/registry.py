"""Which way rooms are written to. apprise is loaded when the first room is: the pages need not wait for it."""

from functools import cache

from shouhou.notifications.channels.im.base import ImChannel


@cache
def im() -> ImChannel:
    from shouhou.notifications.channels.im.rooms import Rooms

    return Rooms()
