"""The shop's orders with their cases, and what its people note about an order or its buyer."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shouhou.cases.access import order_for
from shouhou.cases.finding import TEXT_MOST, find
from shouhou.cases.models import Case
from shouhou.foundation.money import Money
from shouhou.foundation.refusals import Refused
from shouhou.merchants.actions import withdraw_note, write_note
from shouhou.merchants.models import Note
from shouhou.merchants.queries import notes_on
from shouhou.orders.models import Order
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.masking import mask_name, mask_phone
from shouhou.plumbing.paging import decode_cursor, encode_cursor
from shouhou.web.access import orders_of
from shouhou.web.doors import staff_door
from shouhou.web.labels import service_label, status_label, tone
from shouhou.web.merchant.console import console, is_manager, shop_of
from shouhou.web.page import language
from shouhou.web.shared.export import Cell, Column, exported
from shouhou.web.shared.once import new_key, once
from shouhou.web.shared.papers import order_papers

PAGE_SIZE = 40
CASES_MAX = 20
CHUNK = 500
NOTE_MAX = 1000


@staff_door
def orders(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The newest first; a search by any number, or only those somebody has noted something about."""
    shop = shop_of(actor)
    q, noted = _asked(request)
    found = _found(actor, shop, q, noted)
    if after := request.GET.get("after", ""):
        at, last = decode_cursor(after, datetime, int)
        found = found.filter(Q(placed_at__lt=at) | Q(placed_at=at, pk__lt=last))
    rows = list(found[: PAGE_SIZE + 1])
    following = encode_cursor(rows[PAGE_SIZE - 1].placed_at, rows[PAGE_SIZE - 1].pk) if len(rows) > PAGE_SIZE else ""
    rows = rows[:PAGE_SIZE]
    with_notes, counted = _noted(shop, rows), _cases(rows)
    kept = {name: value for name, value in (("q", q), ("noted", "1" if noted else "")) if value}
    context = {
        "q": q, "noted": noted, "query": urlencode(kept), "first": f"?{urlencode(kept)}" if after else "",
        "next": f"?{urlencode({**kept, 'after': following})}" if following else "",
        "rows": [
            {"order": row, "buyer": mask_name(row.buyer.name), "phone": mask_phone(row.buyer.phone),
             "titles": [line.title for line in row.lines.all()], "cases": counted.get(row.pk, 0), "noted": row.number in with_notes}
            for row in rows
        ],
    }  # fmt: skip
    return console(request, actor, "orders", context, tab="merchant_orders")


@staff_door
def export(request: HttpRequest, actor: Actor, form: str) -> HttpResponseBase:
    """The same list as a file, personal data masked."""
    q, noted = _asked(request)
    found = _found(actor, shop_of(actor), q, noted)
    columns = [
        Column(_("订单号"), width=22), Column(_("下单"), "instant", 20), Column(_("消费者")), Column(_("电话")),
        Column(_("实付"), "money"), Column(_("币种"), width=8), Column(_("商品"), width=40),
    ]  # fmt: skip
    return exported("orders", form, columns=columns, rows=_cells(found.iterator(chunk_size=CHUNK)))


@staff_door
def order(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """One order: lines, cases, notes."""
    return _order_page(request, actor, number)


@require_POST
@staff_door
def note(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """Write one down, about this order or about its buyer; the same form twice says it once."""
    shop_of(actor)
    found, now = order_for(actor, number), clock.now()
    text, about = request.POST.get("text", ""), "" if request.POST.get("about") == "buyer" else found.number

    def act() -> str:
        return str(write_note(text, buyer_id=found.buyer_id, order=about, actor=actor, now=now))

    try:
        once(request.POST.get("once") or new_key(), act, actor=actor, now=now)
    except Refused as no:
        if no.refusal.kind not in ("invalid", "conflict"):
            raise
        return _order_page(request, actor, number, refusal=no.sentence(language()), text=text[:NOTE_MAX], status=no.status)
    return redirect("web:merchant_order", number)


@require_POST
@staff_door
def withdraw(request: HttpRequest, actor: Actor, number: str, note: int) -> HttpResponse:
    """Take a note back; twice is the same."""
    shop_of(actor)
    order_for(actor, number)
    now = clock.now()

    def act() -> str:
        withdraw_note(note, actor=actor, now=now)
        return str(note)

    once(f"{request.POST.get('once') or new_key()}:{note}", act, actor=actor, now=now)
    messages.success(request, _("备注已撤回。"))
    return redirect("web:merchant_order", number)


def _order_page(
    request: HttpRequest, actor: Actor, number: str, *, refusal: str = "", text: str = "", status: int = 200
) -> HttpResponse:  # fmt: skip
    shop = shop_of(actor)
    found = order_for(actor, number)
    notes = notes_on(shop, buyer_id=found.buyer_id, order=found.number)
    context = {
        "order": found, "buyer": mask_name(found.buyer.name), "phone": mask_phone(found.buyer.phone),
        "lines": list(found.lines.order_by("line")), "once": new_key(), "refusal": refusal, "text": text, "note_max": NOTE_MAX,
        "cases": [
            {"case": case, "service": service_label(case.service), "status": status_label(case.service, case.status),
             "tone": tone(case.status, case.waits_on, "merchant_operator")}
            for case in found.cases.order_by("-submitted_at")[:CASES_MAX]
        ],
        "others": found.buyer.case_set.filter(merchant=shop).exclude(order=found).count(),
        "notes": [{"row": row, "mine": row.by == actor.who or is_manager(actor)} for row in notes],
        "papers": order_papers(found.number, paper="web:staff_order_form"),
    }  # fmt: skip
    return console(request, actor, "order", context, tab="merchant_orders", status=status)


def _asked(request: HttpRequest) -> tuple[str, bool]:
    return request.GET.get("q", "").replace("\x00", "").strip()[:TEXT_MOST], request.GET.get("noted") == "1"


def _found(actor: Actor, shop: int, q: str, noted: bool) -> QuerySet[Order]:
    found = orders_of(actor).order_by("-placed_at", "-id").prefetch_related("lines")
    if q:
        found = found.filter(number__in={hit.order for hit in find(q, actor=actor)})
    if noted:
        about = Note.objects.filter(merchant=shop, withdrawn_at=None)
        found = found.filter(
            Q(number__in=about.exclude(order="").values("order")) | Q(buyer__in=about.filter(order="").values("buyer"))
        )
    return found


def _noted(shop: int, rows: Iterable[Order]) -> set[str]:
    """Which of these orders, or whose buyers, somebody has noted something about."""
    rows = list(rows)
    about = Note.objects.filter(merchant=shop, buyer__in={row.buyer_id for row in rows}, withdrawn_at=None)
    known = set(about.values_list("buyer", "order"))
    return {row.number for row in rows if (row.buyer_id, row.number) in known or (row.buyer_id, "") in known}


def _cases(rows: Iterable[Order]) -> dict[int, int]:
    """How many cases each order has; one without is not in it."""
    counted = Case.objects.filter(order__in=[row.pk for row in rows]).values_list("order").annotate(n=Count("id"))
    return dict(counted)


def _cells(found: Iterable[Order]) -> Iterator[list[Cell]]:
    for row in found:
        titles = _("；").join(line.title for line in row.lines.all())
        paid = Money(row.paid_minor, row.currency).decimal
        yield [row.number, row.placed_at, mask_name(row.buyer.name), mask_phone(row.buyer.phone), paid, row.currency, titles]
