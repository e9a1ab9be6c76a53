"""The gateway calls back about a text message."""

from collections.abc import Mapping
from datetime import datetime

from shouhou.notifications.actions.falling import take_report
from shouhou.notifications.channels.sms.reports import read_report


def receive_callback(gateway: str, headers: Mapping[str, str], body: bytes, *, now: datetime) -> bool:
    """Verify and take one report; a duplicate, a late one or one about something else changes nothing. Returns whether it did.

    Raises Refused NOT_FOUND, SMS_CALLBACK_SIGNATURE, SMS_CALLBACK_MALFORMED.
    """
    report = read_report(gateway, headers, body)
    return take_report(report.key, arrived=report.arrived, why=report.why, now=now)
