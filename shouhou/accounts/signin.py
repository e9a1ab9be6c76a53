"""Consumers at the door: a code to the phone of an order, or the shop's signed link. Nobody has a password."""

import hmac
import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.db.models import F

from shouhou.accounts import ports
from shouhou.accounts.models import Buyer, SignInCode
from shouhou.foundation.refusals import refusal, refused
from shouhou.plumbing import ratelimit

# The one number for the code itself, its text message, the job that sends it and the page.
VALID_MINUTES = 10
VALID = timedelta(minutes=VALID_MINUTES)
# So long a code that was just sent is the code: asking again sends none.
AGAIN_SECONDS = 60
AGAIN = timedelta(seconds=AGAIN_SECONDS)
MOST_TRIES = 5
DIGITS = 6
# Codes per phone and hour, requests per address and hour, tries per phone and hour.
PER_PHONE, PER_ADDRESS, TRIES_PER_PHONE = 5, 30, 20
HOUR = 3600
MOST_LINK_DAYS = 31

CODE_WRONG = refusal(
    "CODE_WRONG", "invalid",
    zh="验证码不正确或已失效，请重新获取。", en="The code is wrong or no longer valid. Ask for a new one.",
)  # fmt: skip
LINK_INVALID = refusal(
    "LINK_INVALID", "forbidden",
    zh="链接无效或已过期，请回到商城重新进入。", en="The link is not valid or has expired. Enter again from the shop.",
)  # fmt: skip


def request_code(*, order_number: str, phone: str, address: str, now: datetime) -> None:
    """Send a code to the buyer of the order if that is their phone, unless one went there a moment ago. The answer is the
    same in all three.

    `address` is the caller's IP. Raises Refused RATE_LIMITED, also the same for existing and unknown orders.
    """
    phone = plain_phone(phone)
    ratelimit.take(f"code:ip:{address}", most=PER_ADDRESS, per_seconds=HOUR, now=now)
    ratelimit.take(f"code:phone:{phone_mark(phone)}", most=PER_PHONE, per_seconds=HOUR, now=now)
    buyer = _buyer(order_number, phone)
    if buyer is not None:
        send_code(buyer, now=now)


def send_code(buyer: Buyer, *, now: datetime) -> None:
    """A new code to the buyer's phone, unless one went there a moment ago."""
    if SignInCode.objects.filter(buyer=buyer, used_at=None, created_at__gt=now - AGAIN).exists():
        return
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    with transaction.atomic():
        # The newest code is the only one.
        SignInCode.objects.filter(buyer=buyer, used_at=None).update(used_at=now)
        SignInCode.objects.create(buyer=buyer, code_hash=_hash(buyer, code), created_at=now, expires_at=now + VALID)
        ports.send_code(ports.CodeToSend(buyer.pk, buyer.phone, code, buyer.language, now))


def enter_code(*, order_number: str, phone: str, code: str, address: str, now: datetime) -> Buyer:
    """The buyer, once per code. The caller puts their id into a fresh session. Raises Refused: CODE_WRONG, RATE_LIMITED."""
    phone = plain_phone(phone)
    ratelimit.take(f"try:ip:{address}", most=PER_ADDRESS * 2, per_seconds=HOUR, now=now)
    ratelimit.take(f"try:phone:{phone_mark(phone)}", most=TRIES_PER_PHONE, per_seconds=HOUR, now=now)
    buyer = _buyer(order_number, phone)
    if buyer is None or not spend_code(buyer, "".join(code.split()), now=now):
        raise refused(CODE_WRONG)
    return buyer


def link_for(buyer: Buyer, *, expires: datetime, secret: str, path: str = "/enter/") -> str:
    """The signed link with which the shop lets its signed-in buyer in; what the shop computes itself as well:
    HMAC-SHA256 over "<buyer id at the shop>\\n<expiry, seconds since 1970>" in hex.
    """
    seconds = str(int(expires.timestamp()))
    query = {"buyer": buyer.external_id, "expires": seconds, "signature": _signature(buyer.external_id, seconds, secret)}
    return f"{path}?{urlencode(query)}"


def verify_link(*, buyer: str, expires: str, signature: str, secret: str, now: datetime) -> Buyer:
    """The buyer of a shop's link. Raises Refused LINK_INVALID (false, expired, too long ahead, unknown or erased)."""
    genuine = hmac.compare_digest(_signature(buyer, expires, secret).encode(), signature.encode(errors="replace"))
    if not genuine or not (expires.isascii() and expires.isdigit() and len(expires) <= 11):
        raise refused(LINK_INVALID)
    if not now.timestamp() < int(expires) <= (now + timedelta(days=MOST_LINK_DAYS)).timestamp():
        raise refused(LINK_INVALID)
    found = Buyer.objects.filter(external_id=buyer, erased_at=None).first()
    if found is None:
        raise refused(LINK_INVALID)
    return found


def forget_old_codes(*, now: datetime) -> int:
    """Remove codes that ended more than a day ago; answers how many."""
    return SignInCode.objects.filter(expires_at__lt=now - timedelta(days=1)).delete()[0]


def plain_phone(phone: str) -> str:
    """The digits; a Chinese mobile number also without its country code."""
    digits = "".join(ch for ch in phone if ch.isascii() and ch.isdigit())[:20]
    return digits[2:] if len(digits) == 13 and digits.startswith("86") else digits


def _buyer(order_number: str, phone: str) -> Buyer | None:
    if not phone or not order_number or len(order_number) > 80 or "\0" in order_number:
        return None
    owner = ports.owner_of_order(order_number.strip())
    buyer = Buyer.objects.filter(pk=owner, erased_at=None).first() if owner is not None else None
    if buyer is None or not hmac.compare_digest(plain_phone(buyer.phone).encode(), phone.encode()):
        return None
    return buyer


def spend_code(buyer: Buyer, code: str, *, now: datetime) -> bool:
    """Count the try and use the code up if it is right; both in one statement each, so that two tries are two."""
    newest = SignInCode.objects.filter(buyer=buyer, used_at=None, expires_at__gt=now, tries__lt=MOST_TRIES)
    found = newest.order_by("-created_at", "-pk").first()
    if found is None:
        return False
    if not newest.filter(pk=found.pk).update(tries=F("tries") + 1):
        return False
    if not hmac.compare_digest(bytes(found.code_hash), _hash(buyer, code)):
        return False
    return SignInCode.objects.filter(pk=found.pk, used_at=None).update(used_at=now) == 1


def _hash(buyer: Buyer, code: str) -> bytes:
    """Six digits are soon tried through: without the installation's secret the stored hash says nothing."""
    return hmac.new(settings.SECRET_KEY.encode(), f"{buyer.pk}:{code}".encode(errors="replace"), sha256).digest()


def phone_mark(phone: str) -> str:
    """A phone as a key of the rate limit, unreadable."""
    return hmac.new(settings.SECRET_KEY.encode(), phone.encode(), sha256).hexdigest()[:32]


def _signature(buyer: str, expires: str, secret: str) -> str:
    return hmac.new(secret.encode(), f"{buyer}\n{expires}".encode(errors="replace"), sha256).hexdigest()
