"""Who has bought nothing here yet and still writes to us: known by a phone number only, apart from every buyer of a shop."""

import hmac
from datetime import datetime
from hashlib import sha256

from django.conf import settings
from django.db import IntegrityError, transaction

from shouhou.accounts.models import Buyer
from shouhou.accounts.signin import (
    CODE_WRONG,
    HOUR,
    PER_PHONE,
    TRIES_PER_PHONE,
    phone_mark,
    plain_phone,
    send_code,
    spend_code,
)
from shouhou.foundation.refusals import FieldError, refusal, refused
from shouhou.plumbing import ratelimit

PREFIX = "visitor:"
DIGITS_LEAST = 7
# Any number may be typed here: codes per address, and of the whole house, in an hour, so that nobody has us call the world.
PER_ADDRESS, OF_THE_HOUSE = 10, 600
PHONE_INVALID = refusal("PHONE_INVALID", "invalid", zh="请填写能接通的电话号码。", en="Give a phone number that can be reached.")


def visitor(phone: str, *, name: str = "") -> Buyer:
    """The visitor of this number, made when new: never a shop's buyer of the same number, whose orders stay theirs.

    Raises PHONE_INVALID.
    """
    digits = plain_phone(phone)
    if len(digits) < DIGITS_LEAST:
        raise refused(PHONE_INVALID, FieldError("phone", "请填写能接通的电话号码。", "Give a phone number that can be reached."))
    if (found := find_visitor(digits)) is not None:
        return found
    # An erased visitor of the number stays erased: whoever comes with it again is somebody new.
    before = Buyer.objects.filter(external_id__startswith=_id(digits)).count()
    try:
        with transaction.atomic():
            return Buyer.objects.create(external_id=f"{_id(digits)}{before or ''}", phone=digits, name=name.strip()[:80])
    except IntegrityError:
        return Buyer.objects.get(external_id__startswith=_id(digits), erased_at=None)


def request_visitor_code(phone: str, *, address: str, now: datetime) -> None:
    """Send a code to this phone, unless one went there a moment ago. Raises PHONE_INVALID, RATE_LIMITED."""
    digits = plain_phone(phone)
    ratelimit.take(f"visitor:ip:{address}", most=PER_ADDRESS, per_seconds=HOUR, now=now)
    ratelimit.take(f"visitor:phone:{phone_mark(digits)}", most=PER_PHONE, per_seconds=HOUR, now=now)
    ratelimit.take("visitor:all", most=OF_THE_HOUSE, per_seconds=HOUR, now=now)
    with transaction.atomic():
        send_code(visitor(digits), now=now)


def enter_visitor_code(phone: str, *, code: str, address: str, now: datetime) -> Buyer:
    """The visitor, once per code. Raises CODE_WRONG, RATE_LIMITED."""
    ratelimit.take(f"try:ip:{address}", most=PER_ADDRESS * 6, per_seconds=HOUR, now=now)
    ratelimit.take(f"try:phone:{phone_mark(plain_phone(phone))}", most=TRIES_PER_PHONE, per_seconds=HOUR, now=now)
    found = find_visitor(phone)
    if found is None or not spend_code(found, "".join(code.split()), now=now):
        raise refused(CODE_WRONG)
    return found


def find_visitor(phone: str) -> Buyer | None:
    """The living visitor of this number."""
    return Buyer.objects.filter(external_id__startswith=_id(plain_phone(phone)), erased_at=None).first()


def _id(digits: str) -> str:
    """Without the number itself, which is erased with the row's other personal data."""
    mark = hmac.new(settings.SECRET_KEY.encode(), f"visitor:{digits}".encode(), sha256).hexdigest()[:32]
    return f"{PREFIX}{mark}."
