"""A half-filled application between two visits: which fields belong to which step, and the form they make."""

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from shouhou.cases.workflows import WORKFLOWS
from shouhou.foundation.workflow import Workflow
from shouhou.logistics.rules.distance import Spot
from shouhou.orders.models import Order, OrderLine
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.models import Upload
from shouhou.plumbing.uploads import PICTURES, uploaded_by
from shouhou.web.actions import Fields
from shouhou.web.models import Draft
from shouhou.web.shared.apply import ApplyForm, chosen_lines, way_fields
from shouhou.web.shared.moves import FILES_MAX, TOKEN_LENGTH_MAX
from shouhou.web.shared.place_words import drop_off_anywhere, drop_off_places
from shouhou.web.shared.service_asks import asks_form
from shouhou.web.shared.transport import windows_at

USUAL = next(iter(WORKFLOWS))
# What an application consists of; everything else that a browser sends is not kept.
KNOWN = re.compile(
    r"service|line|q\d{1,9}|c\d{1,9}-[a-z_]{1,30}|reason|description|evidence|request_review|"
    r"return_method|window|place|find|name|phone|region|address|a-[a-z0-9_-]{1,70}"
)


def draft_of(actor: Actor, order: Order) -> Draft | None:
    return Draft.objects.filter(buyer_id=actor.buyer_id or 0, order=order).first()


def open_drafts(actor: Actor, orders: Sequence[Order]) -> dict[int, Draft]:
    """Per order id the draft that can still be sent: one of its lines has units left."""
    found = {each.order_id: each for each in Draft.objects.filter(buyer_id=actor.buyer_id or 0, order__in=orders)}
    left: dict[int, set[str]] = {}
    for line in OrderLine.objects.filter(order_id__in=found):
        if line.quantity > line.claimed_quantity:
            left.setdefault(line.order_id, set()).add(str(line.line))
    return {key: draft for key, draft in found.items() if left.get(key, set()) & set(draft.fields.get("line", ()))}


def workflow_of(fields: Fields) -> Workflow:
    """The service that is applied for; what the first service of the house is, until one is chosen."""
    return WORKFLOWS.get((fields.get("service") or [""])[0], WORKFLOWS[USUAL])


def taken_over(kept: Fields, posted: MultiValueDict[str, str], *, way: bool) -> dict[str, list[str]]:
    """The draft with this step's fields as they were sent; what belongs to the other step stays."""
    workflow = workflow_of(kept if way else {"service": posted.getlist("service")})
    later = way_fields(workflow)
    fields = {name: list(values) for name, values in kept.items() if (name in later) != way}
    for name in posted:
        if KNOWN.fullmatch(name) and (name in later) == way:
            fields[name] = posted.getlist(name)
    if "evidence" in fields:
        fields["evidence"] = fields["evidence"][:FILES_MAX]
    return fields


def form_of(
    order: Order, lines: Sequence[OrderLine], fields: Fields, *, actor: Actor, now: datetime, filled: bool,
    files: Any = None, near: Spot | None = None, **more: str,
) -> ApplyForm:  # fmt: skip
    """The form as it stands: `filled` judges it, otherwise it only shows what is kept. `near` is where the
    buyer stands, for this one page; `more` are fields of the moment.
    """
    workflow = workflow_of(fields)
    goods = workflow.applying.goods
    windows = windows_at(order.address, now=now) if goods else []
    find, chosen = ((fields.get(name) or [""])[0] for name in ("find", "place"))
    places = drop_off_places(order, lines, find=find, near=near, chosen=chosen, now=now) if goods else []
    where: Any = {"places": places, "counters": goods and (bool(places) or drop_off_anywhere()), "workflow": workflow}
    asks = asks_form(workflow, order, lines, _quantities(fields, lines), actor=actor, now=now, kept=fields)
    if not filled:
        initial = {name: values[0] for name, values in fields.items() if values and name != "service"}
        return ApplyForm(
            order, lines, windows, actor=actor, behalf=False, initial=initial, tokens=fields.get("evidence", ()), asks=asks,
            **where,
        )  # fmt: skip
    data = QueryDict(mutable=True)
    blank = ApplyForm(order, lines, windows, actor=actor, behalf=False, asks=asks, **where)
    for name, values in {**blank.starts(), **fields}.items():
        data.setlist(name, list(values))
    for name, value in {"once": "-", "shown_at": now.isoformat(), **more}.items():
        if name not in fields:
            data[name] = value
    data["service"] = workflow.service
    judged = asks.judging(data, files)
    return ApplyForm(order, lines, windows, actor=actor, behalf=False, asks=judged, data=data, files=files, **where)


def chosen(order: Order, fields: Fields) -> list[OrderLine]:
    """The lines that were ticked and still have something to apply for. Raises NO_LINES."""
    return chosen_lines(order, fields.get("line", ()), claims=workflow_of(fields).applying.claims)


def _quantities(fields: Fields, lines: Sequence[OrderLine]) -> dict[int, int]:
    wanted = {line.line: (fields.get(f"q{line.line}") or [""])[0] for line in lines}
    return {line: int(text) for line, text in wanted.items() if text.isdigit() and len(text) < 9}


def files_of(actor: Actor, tokens: Sequence[str]) -> list[dict[str, Any]]:
    """The kept files as the page shows them; one that was erased meanwhile is not among them."""
    wanted = [token[:TOKEN_LENGTH_MAX] for token in tokens]
    found = Upload.objects.filter(uploaded_by(actor.uploads_as), token__in=wanted, erased_at=None)
    rows = {row.token: row for row in found}
    return [file_words(rows[token]) for token in tokens if token in rows]


def file_words(upload: Upload) -> dict[str, Any]:
    return {
        "token": upload.token, "name": upload.name, "image": upload.content_type in PICTURES,
        "kilobytes": max(1, upload.size // 1024),
    }  # fmt: skip


def seal(fields: Fields) -> str:
    """A short proof of what an application says, so that what is sent is what was seen."""
    parts = "\x1f".join(f"{name}\x1e{value}" for name in sorted(fields) for value in fields[name])
    return hashlib.sha256(parts.encode()).hexdigest()[:24]
