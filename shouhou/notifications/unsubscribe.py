"""The link in a mail that switches its kind off, without signing in: signed, for one person, one kind, one channel."""

from dataclasses import dataclass

from django.conf import settings
from django.core import signing

from shouhou.notifications.models import Notice
from shouhou.notifications.rules.kinds import KINDS, kind_of

SALT = "shouhou.notifications.off"


@dataclass(frozen=True, slots=True)
class Off:
    """Whose, of what kind, through which channel."""

    kind: str
    channel: str
    buyer_id: int | None = None
    user_id: int | None = None


def off_link(notice: Notice) -> str:
    """The address for this mail's reader, "" where it may not be switched off like this."""
    kind = kind_of(notice.template)
    if kind.must or (notice.buyer_id is None and notice.user_id is None):
        return ""
    token = signing.dumps([notice.buyer_id, notice.user_id, kind.code, notice.channel], salt=SALT)
    return f"{settings.BASE_URL}/notices/off/{token}/"


def read_off(token: str) -> Off | None:
    """What a link says; None for one that we did not make. It has no end: mails are read years later."""
    try:
        said = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    buyer_id, user_id, kind, channel = said
    return Off(kind, channel, buyer_id, user_id) if kind in KINDS and not KINDS[kind].must else None
