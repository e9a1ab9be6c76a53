"""What a gateway reports about a text message later: signed like a carrier's callback, read into one small value."""

from collections.abc import Mapping
from dataclasses import dataclass

import orjson
from django.conf import settings

from shouhou.foundation.refusals import NOT_FOUND, refusal, refused
from shouhou.plumbing.callbacks import signed

GATEWAYS = ("fake",)
WHY_MOST = 200
SMS_CALLBACK_SIGNATURE = refusal(
    "SMS_CALLBACK_SIGNATURE", "unauthenticated",
    zh="短信回执的签名不正确。", en="The signature of the report is wrong.",
)  # fmt: skip
SMS_CALLBACK_MALFORMED = refusal(
    "SMS_CALLBACK_MALFORMED", "invalid",
    zh="短信回执的格式有误。", en="The report cannot be read.",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Report:
    """Which message (by our key), whether it arrived, and if not, why."""

    key: str
    arrived: bool
    why: str = ""


def read_report(gateway: str, headers: Mapping[str, str], body: bytes) -> Report:
    """Raises Refused NOT_FOUND, SMS_CALLBACK_SIGNATURE, SMS_CALLBACK_MALFORMED."""
    if gateway not in GATEWAYS:
        raise refused(NOT_FOUND)
    if signed(settings.SMS_CALLBACK_SECRET, headers, body) is None:
        raise refused(SMS_CALLBACK_SIGNATURE)
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise refused(SMS_CALLBACK_MALFORMED) from error
    if not isinstance(said, dict) or said.get("state") not in ("delivered", "undelivered") or not isinstance(said.get("key"), str):
        raise refused(SMS_CALLBACK_MALFORMED)
    return Report(said["key"], said["state"] == "delivered", str(said.get("why") or "").replace("\x00", "")[:WHY_MOST])
