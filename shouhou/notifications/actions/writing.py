"""Writes notices, once per event, person and channel; what has to leave the house is enqueued."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from procrastinate.contrib.django import app

from shouhou.accounts.models import Buyer, User
from shouhou.accounts.ports import CodeToSend
from shouhou.cases.models import Case
from shouhou.merchants.models import Merchant
from shouhou.notifications.actions.laying import QUEUE, Words, about, lay
from shouhou.notifications.actions.rooms import tell_rooms
from shouhou.notifications.choose import (
    INSURERS_WORK,
    OF_PLANS,
    OF_TALKS,
    OVERSEEN,
    TO_FINANCE,
    TO_PERSON,
    for_buyer,
    for_money,
    for_staff,
)
from shouhou.notifications.facts import facts_of
from shouhou.notifications.plan_news import facts_of_plan
from shouhou.notifications.readers import Reader, buyer_reader, staff_reader
from shouhou.notifications.shop_money import facts_of_money
from shouhou.notifications.talk import answerers, facts_of_talk, talk_of
from shouhou.notifications.templates import TEMPLATES, rendered, shortened
from shouhou.payments.models import Refund
from shouhou.payments.rules.beside import ASIDE
from shouhou.plumbing.feed import FeedEvent
from shouhou.support.conversations.models import Conversation

OVERSEERS = ("supervisor", "operations")
SELLERS = ("merchant_manager", "merchant_operator")
STAFF_MOST = 20


@transaction.atomic
def write_notices(event: FeedEvent, *, now: datetime) -> int:
    """Everything this event says to anybody; mail and text messages are enqueued. Again: nothing. Returns how many are new."""
    if for_money(event.type):
        return _about_money(event, now=now)
    if event.type in OF_TALKS:
        return _about_talk(event, now=now)
    if event.type in TO_PERSON:
        return _to_person(event, now=now)
    if event.type in OF_PLANS:
        return _about_plan(event, now=now)
    case = (
        Case.objects.filter(number=event.subject)
        .select_related("order", "merchant", "buyer", "return_address", "assigned_to")
        .prefetch_related("items__line", "deadlines")
        .first()
    )
    if case is None:
        return 0
    new = 0
    for template, reader in _readers(event, case):
        words = _words(event, case, reader, template=template)
        new += lay(about(event, case.number, case=case, template=template), reader, words, template=template, now=now)
    if for_room := for_staff(event.type, event.data):
        new += tell_rooms(
            about(event, case.number, case=case), template=for_room, merchant=case.merchant, now=now, waits_on=_turn(event, case),
            words=lambda language: _to_staff(event, case, template=for_room, language=language),
        )  # fmt: skip
    return new


def _turn(event: FeedEvent, case: Case) -> str:
    return str(event.data.get("waits_on") or case.waits_on)


def send_sign_in_code(code: CodeToSend) -> None:
    """The port of accounts: enqueue the text message in the transaction that stored the code."""
    app.configure_task("notifications.code", queue=QUEUE).defer(
        buyer_id=code.buyer_id, code=code.code, language=code.language, asked_at=code.now.isoformat(), tries=0
    )


def send_invitation(invitation_id: int, turn: int) -> None:
    """The port of accounts: enqueue the mail; the link itself is made when it is sent, so that no job ever holds it."""
    app.configure_task("notifications.invitation", queue=QUEUE).defer(invitation_id=invitation_id, turn=turn)


def _about_money(event: FeedEvent, *, now: datetime) -> int:
    """What concerns a shop's money: to the shop's own people, or to the house's finance."""
    template = for_money(event.type)
    shop = Merchant.objects.filter(pk=event.merchant_id or 0).first()
    if template is None or (shop is None and event.type not in TO_FINANCE):
        return 0
    people = User.objects.filter(is_active=True).order_by("id")
    if event.type in TO_FINANCE:
        people = people.filter(role__in=OVERSEERS if event.type in OVERSEEN else ("finance",))
    else:
        people = people.filter(role__in=SELLERS, organisation=shop.organisation_id if shop and shop.organisation_id else 0)
    new = 0
    for user in people[:STAFF_MOST]:
        reader = staff_reader(user)
        new += lay(about(event, event.subject), reader, _of_money(event, shop, template, reader.language), template=template, now=now)
    return new + tell_rooms(
        about(event, event.subject), template=template, merchant=None if event.type in TO_FINANCE else shop, now=now,
        words=lambda language: _of_money(event, shop, template, language),
    )  # fmt: skip


def _to_person(event: FeedEvent, *, now: datetime) -> int:
    """What concerns one of the staff alone."""
    user = User.objects.filter(pk=event.data.get("user") or 0, is_active=True).first()
    if user is None:
        return 0
    template, reader = TO_PERSON[event.type], staff_reader(user)
    shop = Merchant.objects.filter(pk=event.merchant_id or 0).first()
    return lay(about(event, event.subject), reader, _of_money(event, shop, template, reader.language), template=template, now=now)


def _of_money(event: FeedEvent, shop: Merchant | None, template: str, language: str) -> Words:
    return Words(*rendered(TEMPLATES[template], facts_of_money(event, shop, language=language), language=language))


def _about_plan(event: FeedEvent, *, now: datetime) -> int:
    """A plan that a buyer buys: to them, and, when it is sold, to the shop's own people."""
    told, new = OF_PLANS[event.type], 0
    shop = Merchant.objects.filter(pk=event.merchant_id or 0).first()
    buyer = Buyer.objects.filter(pk=event.buyer_id or 0, erased_at=None).first()
    template = told.get("buyer") or told.get(str(event.data.get("because")), "")
    if buyer is not None and template:
        reader = buyer_reader(buyer)
        words = _of_plan(event, shop, template, reader.language, staff=False)
        new += lay(about(event, event.subject), reader, words, template=template, now=now)
    if (template := told.get("shop", "")) and shop is not None:
        people = User.objects.filter(is_active=True, role__in=SELLERS, organisation=shop.organisation_id or 0).order_by("id")
        for user in people[:STAFF_MOST]:
            reader = staff_reader(user)
            words = _of_plan(event, shop, template, reader.language, staff=True)
            new += lay(about(event, event.subject), reader, words, template=template, now=now)
    return new


def _of_plan(event: FeedEvent, shop: Merchant | None, template: str, language: str, *, staff: bool) -> Words:
    facts = facts_of_plan(event, shop, language=language, staff=staff)
    title, body = rendered(TEMPLATES[template], facts, language=language)
    return Words(title, body, shortened(template, facts, language=language, title=title))


def _about_talk(event: FeedEvent, *, now: datetime) -> int:
    """Somebody has not read what was said: the buyer, or those who should answer."""
    talk, template = talk_of(event), OF_TALKS[event.type].get(str(event.data.get("side")))
    if talk is None or template is None:
        return 0
    if template == "talk_unread":
        readers = [] if talk.buyer.erased_at is not None else [buyer_reader(talk.buyer)]
    else:
        readers = [staff_reader(each) for each in answerers(talk, now=now)]
    new = 0
    for reader in readers:
        words = _of_talk(event, talk, template, reader.language, staff=reader.user_id is not None)
        new += lay(about(event, talk.number), reader, words, template=template, now=now)
    if template != "talk_unread":
        new += tell_rooms(
            about(event, talk.number), template=template, merchant=talk.merchant if talk.desk == "shop" else None, now=now,
            words=lambda language: _of_talk(event, talk, template, language, staff=True),
        )  # fmt: skip
    return new


def _of_talk(event: FeedEvent, talk: Conversation, template: str, language: str, *, staff: bool) -> Words:
    facts = facts_of_talk(event, talk, staff=staff)
    title, body = rendered(TEMPLATES[template], facts, language=language)
    return Words(title, body, shortened(template, facts, language=language, title=title))


def _readers(event: FeedEvent, case: Case) -> list[tuple[str, Reader]]:
    told: list[tuple[str, Reader]] = []
    buyer = case.buyer
    template = for_buyer(event.type, event.data)
    if template and buyer.erased_at is None:
        told.append((template, buyer_reader(buyer)))
    template = for_staff(event.type, event.data)
    if template == "staff_blocked":
        staff = User.objects.filter(role__in=OVERSEERS, is_active=True).order_by("id")[:STAFF_MOST]
    elif template == "staff_money_differs":
        staff = User.objects.filter(role="finance", is_active=True).order_by("id")[:STAFF_MOST]
    elif template in INSURERS_WORK.values():
        staff = _of_insurance(str(template), str(event.data.get("insurer")), case)
    elif template in ("staff_task", "staff_extended", "staff_silent"):
        staff = _responsible(case)
    elif template == "staff_refund_refused":
        staff = User.objects.filter(id__in=[case.assigned_to_id or 0, _who_decided(case)], is_active=True).order_by("id")
    else:
        staff = User.objects.filter(id=case.assigned_to_id or 0, is_active=True)
    if template:
        told += [(template, staff_reader(user)) for user in staff]
    return told


def _of_insurance(template: str, insurer: str, case: Case) -> QuerySet[User]:
    """A refusal concerns the shop that is insured; what is due the insurer's own people; what is late finance, too."""
    people = User.objects.filter(is_active=True)
    if template == "staff_freight_refused":
        found = people.filter(role="merchant_manager", organisation_id=(case.merchant and case.merchant.organisation_id) or 0)
    else:
        found = people.filter(role="insurer", organisation__code=insurer)
        if template == "insurer_late":
            found = people.filter(Q(role="insurer", organisation__code=insurer) | Q(role="finance"))
    return found.order_by("id")[:STAFF_MOST]


def _responsible(case: Case) -> QuerySet[User]:
    """Who answers for an overdue task: whoever holds the case; else the shop's own people, or those who oversee the house's."""
    people = User.objects.filter(is_active=True)
    if case.assigned_to_id:
        found = people.filter(id=case.assigned_to_id)
    elif case.order and case.order.channel != "self" and case.merchant and case.merchant.organisation_id:
        found = people.filter(role__in=SELLERS, organisation=case.merchant.organisation_id)
    else:
        found = people.filter(role__in=OVERSEERS)
    return found.order_by("id")[:STAFF_MOST]


def _who_decided(case: Case) -> int:
    """The person on whose decision the last refund was instructed; 0 where it was not a person."""
    who = (
        Refund.objects.filter(subject=case.number).exclude(reason__in=ASIDE).order_by("-id").values_list("instructed_by", flat=True).first()
        or ""
    )
    number = who.removeprefix("user:")
    return int(number) if number.isdigit() else 0


def _words(event: FeedEvent, case: Case, reader: Reader, *, template: str) -> Words:
    """The site's text and the short one; which of them leaves the house is decided by the reader's ways."""
    if reader.user_id is not None:
        return _to_staff(event, case, template=template, language=reader.language)
    facts = facts_of(event, case, language=reader.language)
    title, body = rendered(TEMPLATES[template], facts, language=reader.language)
    return Words(title, body, shortened(template, facts, language=reader.language, title=title))


def _to_staff(event: FeedEvent, case: Case, *, template: str, language: str) -> Words:
    facts = facts_of(event, case, language=language)
    insurers = template in INSURERS_WORK.values() and template != "staff_freight_refused"
    facts["link"] = f"{settings.BASE_URL}/" + (f"insurer/{event.data.get('claim')}/" if insurers else f"staff/cases/{case.number}/")
    return Words(*rendered(TEMPLATES[template], facts, language=language))
