"""The second factor of a test's person: an authenticator app in three lines."""

import hashlib
import hmac
import time
from base64 import b32decode

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator

from shouhou.accounts.models import User

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def enrol(user: User) -> str:
    """The person has an authenticator app from now on; answers its secret."""
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": get_adapter().encrypt(SECRET)})
    return SECRET


def totp_code(secret: str, *, step: int = 0) -> str:
    """What the app shows now (RFC 6238), or `step` half minutes later."""
    counter = int(time.time() // 30) + step
    digest = hmac.new(b32decode(secret), counter.to_bytes(8, "big"), hashlib.sha1).digest()
    place = digest[-1] & 15
    return f"{(int.from_bytes(digest[place : place + 4], 'big') & 0x7FFFFFFF) % 10**6:06d}"
