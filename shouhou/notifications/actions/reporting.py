"""The gateway calls back about a text message, a mail server about a mail."""

from collections.abc import Mapping
from datetime import datetime

from shouhou.notifications.actions.falling import note_delay, take_report
from shouhou.notifications.channels.mail.bounces import read_bounce
from shouhou.notifications.channels.sms.reports import read_report


def receive_callback(gateway: str, headers: Mapping[str, str], body: bytes, *, now: datetime) -> bool:
    """Verify and take one report; a duplicate, a late one or one about something else changes nothing. Returns whether it did.

    Raises Refused NOT_FOUND, SMS_CALLBACK_SIGNATURE, SMS_CALLBACK_MALFORMED.
    """
    report = read_report(gateway, headers, body)
    return take_report(report.key, channel="sms", arrived=report.arrived, why=report.why, now=now)


def receive_bounce(headers: Mapping[str, str], body: bytes, *, now: datetime) -> bool:
    """The same for a delivery status notification: bounced for good takes the next channel, delayed is only noted.

    Raises Refused MAIL_CALLBACK_SIGNATURE, MAIL_CALLBACK_MALFORMED.
    """
    found = read_bounce(headers, body)
    if found.fate == "delayed":
        return note_delay(found.key, channel="email", why=found.why, now=now)
    return bool(found.fate) and take_report(
        found.key, channel="email", arrived=found.fate == "delivered", why=found.why, now=now
    )  # fmt: skip
