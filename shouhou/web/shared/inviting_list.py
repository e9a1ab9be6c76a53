"""The open invitations as a list: filters in the address, pages by key, and the same as a file."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from shouhou.accounts.invitations import invitations_of
from shouhou.accounts.models import Invitation
from shouhou.foundation.workflow import Text
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.paging import decode_cursor, encode_cursor
from shouhou.web.labels import role_label
from shouhou.web.page import said
from shouhou.web.shared.asked import Asked
from shouhou.web.shared.export import Column, exported
from shouhou.web.shared.inviting import invitation_rows, shown_address

PAGE_SIZE = 30
CHUNK = 500
SHOWN = {"": Text("全部", "All"), "waiting": Text("等待接受", "Waiting"), "expired": Text("已过期", "Expired")}


@dataclass(frozen=True, slots=True)
class Filters(Asked):
    """What the address asks for; unknown values ask for nothing."""

    q: str = ""
    role: str = ""
    organisation: str = ""
    shown: str = ""
    after: str = ""

    KNOWN: ClassVar[Mapping[str, Container[str]]] = {"shown": SHOWN}


def invitation_list(
    query: Mapping[str, str], organisation_id: int | None, *, roles: Sequence[str], organisations: Sequence[tuple[str, str]] = (),
    actor: Actor, now: datetime,
) -> dict[str, Any]:  # fmt: skip
    """What the page shows of one organisation's invitations, or (None) of everybody's. Raises Refused INVALID_CURSOR."""
    filters = Filters.of(query)
    found = _found(filters, organisation_id, now=now)
    if filters.after:
        at, last = decode_cursor(filters.after, datetime, int)
        found = found.filter(Q(invited_at__lt=at) | Q(invited_at=at, pk__lt=last))
    rows = list(found[: PAGE_SIZE + 1])
    more, rows = len(rows) > PAGE_SIZE, rows[:PAGE_SIZE]
    return {
        "filters": filters, "rows": invitation_rows(rows, actor=actor, now=now),
        "any": bool(rows) or invitations_of(organisation_id).exists(),
        "roles": [(role, role_label(role), role == filters.role) for role in roles],
        "organisations": [(code, name, code == filters.organisation) for code, name in organisations],
        "views": [
            {"label": said(label), "address": filters.address(shown=shown, after=""), "count": "", "here": filters.shown == shown}
            for shown, label in SHOWN.items()
        ],
        "first": filters.address(after="") if filters.after else "",
        "next": filters.address(after=encode_cursor(rows[-1].invited_at, rows[-1].pk)) if more else "",
        "export": filters.address(after=""),
    }  # fmt: skip


def invitation_export(
    form: str, query: Mapping[str, str], organisation_id: int | None, *, actor: Actor, now: datetime
) -> HttpResponseBase:  # fmt: skip
    """The same as a file, without the links: those are for one pair of eyes."""
    columns = [Column(_("邮箱"), width=28), Column(_("姓名")), Column(_("角色")), Column(_("组织"), width=20), Column(_("邀请人")),
               Column(_("邀请时间"), "instant", 20), Column(_("有效期至"), "instant", 20), Column(_("状态"))]  # fmt: skip
    rows = (
        (shown_address(each, actor=actor), each.name, role_label(each.role), each.organisation.name,
         each.invited_by.get_full_name() or each.invited_by.username, each.invited_at, each.expires_at,
         _("等待接受") if each.expires_at > now else _("已过期"))
        for each in _found(Filters.of(query), organisation_id, now=now).iterator(chunk_size=CHUNK)
    )  # fmt: skip
    return exported("invitations", form, columns=columns, rows=rows)


def _found(filters: Filters, organisation_id: int | None, *, now: datetime) -> QuerySet[Invitation]:
    found = invitations_of(organisation_id)
    if filters.shown:
        found = found.filter(expires_at__gt=now) if filters.shown == "waiting" else found.filter(expires_at__lte=now)
    if filters.role:
        found = found.filter(role=filters.role)
    if filters.organisation:
        found = found.filter(organisation__code=filters.organisation)
    if filters.q:
        # Where addresses are masked, only a whole one finds: nobody tries them out letter by letter.
        email = Q(email__iexact=filters.q) if organisation_id is None else Q(email__icontains=filters.q)
        found = found.filter(Q(name__icontains=filters.q) | email)
    return found
