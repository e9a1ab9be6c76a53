"""Which text message channel is in use: a gateway when an address is set, else a file for the operator to look into."""

from functools import cache
from pathlib import Path

from django.conf import settings

from shouhou.notifications.channels.sms.base import SmsChannel
from shouhou.notifications.channels.sms.fake.client import FakeGateway
from shouhou.notifications.channels.sms.outbox import Outbox


def sms() -> SmsChannel:
    return _gateway(settings.SMS_URL) if settings.SMS_URL else Outbox(Path(settings.HOME) / "sms")


@cache
def _gateway(url: str) -> SmsChannel:
    return FakeGateway(url)
