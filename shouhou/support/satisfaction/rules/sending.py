"""When an invitation goes out: at once by day, the next morning when it ended late; always within the survey's hours (SAT-02)."""

from datetime import datetime, timedelta

from shouhou.foundation.days import SHANGHAI


def send_at(ended_at: datetime, *, begins_hour: int, ends_hour: int) -> datetime:
    """The first instant at or after `ended_at` between these hours of a Beijing day; the whole day where they are the same."""
    local = ended_at.astimezone(SHANGHAI)
    if begins_hour >= ends_hour or begins_hour <= local.hour < ends_hour:
        return ended_at
    morning = local.replace(hour=begins_hour, minute=0, second=0, microsecond=0)
    return morning if local.hour < begins_hour else morning + timedelta(days=1)
