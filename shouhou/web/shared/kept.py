"""A form that could not be taken because of who was signed in, or nobody: kept in the browser's session until it can."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shouhou.plumbing import clock
from shouhou.web.shared.whose import whose

KEY, AGAIN = "kept_form", "/again/"
MINUTES, FIELDS_MAX, CHARACTERS_MAX = 30, 200, 20_000
Why = Literal["expired", "setup"]
NEVER_KEPT = ("csrfmiddlewaretoken", "password", "code", "secret", "near")
# What is chosen or kept by the page: keys, names, numbers, days, addresses. It goes along unseen.
CODE = re.compile(r"[\x21-\x7e]*")
# What people typed, in words.
LABELS: dict[str, str | Promise] = {
    "text": _("留言"), "note": _("备注"), "description": _("问题描述"), "name": _("联系人"), "phone": _("电话"),
    "address": _("地址"), "region": _("地区"), "tracking_number": _("运单号"), "carrier": _("快递公司"), "comment": _("评价"),
    "reason_detail": _("说明"), "wish": _("希望如何解决"), "reply": _("答复"), "call_note": _("通话记录"), "clause": _("条款"),
    "amount": _("金额"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kept:
    """A kept form: where it goes, what it says and whose it is (an Actor's `who`, "" when nobody knows). `shown` are label
    and value, `fields` everything as it was sent; `why` it was not taken: nobody was signed in, or how to sign in was not set up.
    """

    path: str
    owner: str
    fields: Sequence[tuple[str, str]]
    shown: Sequence[tuple[str | Promise, str]]
    why: Why = "expired"


def keep(request: HttpRequest, *, why: Why = "expired") -> str:
    """Put the form away; answers the address at which it waits. A form too large to be kept is not, and says "/"."""
    fields = [
        (name, value) for name in request.POST if not name.startswith(NEVER_KEPT) for value in request.POST.getlist(name)
    ]  # fmt: skip
    if not fields or len(fields) > FIELDS_MAX or sum(len(name) + len(value) for name, value in fields) > CHARACTERS_MAX:
        return "/"
    token = secrets.token_urlsafe(12)
    request.session[KEY] = {
        "token": token, "path": request.get_full_path(), "fields": fields, "at": clock.now().timestamp(), "owner": whose(request),
        "why": why,
    }  # fmt: skip
    return f"{AGAIN}{token}/"


def typed(fields: Sequence[tuple[str, str]]) -> list[tuple[str | Promise, str]]:
    """What people typed, each with its label: fields that are called by it, and whatever else is no code but words."""
    return [(LABELS.get(name, _("说明")), value) for name, value in fields if value and (name in LABELS or not CODE.fullmatch(value))]


def kept(request: HttpRequest, token: str) -> Kept | None:
    """The form under this token, while it is fresh."""
    held = carried(request, f"{AGAIN}{token}/")
    if held is None:
        return None
    fields = [(str(name), str(value)) for name, value in held["fields"]]
    return Kept(held["path"], held.get("owner", ""), fields, typed(fields), held.get("why", "expired"))


def waiting(request: HttpRequest) -> str:
    """The address at which a fresh form of whoever is signed in waits; "" for none."""
    token = (request.session.get(KEY) or {}).get("token", "")
    held = carried(request, f"{AGAIN}{token}/")
    return f"{AGAIN}{token}/" if held is not None and held.get("owner", "") in ("", whose(request)) else ""


def carried(request: HttpRequest, onward: str) -> dict[str, Any] | None:
    """What a fresh session takes over from the old one: only the form to which signing in leads back."""
    held = request.session.get(KEY)
    if not held or onward != f"{AGAIN}{held['token']}/" or clock.now().timestamp() - held["at"] > MINUTES * 60:
        return None
    return dict(held)


def forget(request: HttpRequest) -> None:
    request.session.pop(KEY, None)
