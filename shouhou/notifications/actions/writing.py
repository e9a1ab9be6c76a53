"""Writes notices, once per event, person and channel; what has to leave the house is enqueued."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from procrastinate.contrib.django import app

from shouhou.accounts.models import User
from shouhou.accounts.ports import CodeToSend
from shouhou.cases.models import Case
from shouhou.merchants.models import Merchant
from shouhou.notifications.choose import INSURERS_WORK, OF_TALKS, TO_FINANCE, for_buyer, for_money, for_staff
from shouhou.notifications.facts import facts_of
from shouhou.notifications.shop_money import facts_of_money
from shouhou.notifications.talk import answerers, facts_of_talk, talk_of
from shouhou.notifications.templates import SHORT, TEMPLATES, rendered, shortened
from shouhou.payments.models import Refund
from shouhou.payments.rules.beside import ASIDE
from shouhou.plumbing.feed import FeedEvent

QUEUE = "notifications"
OVERSEERS = ("supervisor", "operations")
SELLERS = ("merchant_manager", "merchant_operator")
STAFF_MOST = 20


@dataclass(frozen=True, slots=True)
class Reader:
    """Who is told: a buyer or a member of staff, with their mail address and phone ("" for none) and language."""

    recipient: str
    email: str
    language: str
    phone: str = ""
    buyer_id: int | None = None
    user_id: int | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """One message for one channel."""

    channel: str
    title: str
    body: str


@transaction.atomic
def write_notices(event: FeedEvent, *, now: datetime) -> int:
    """Everything this event says to anybody; mail and text messages are enqueued. Again: nothing. Returns how many are new."""
    if for_money(event.type):
        return _about_money(event, now=now)
    if event.type in OF_TALKS:
        return _about_talk(event, now=now)
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
        for words in _words(event, case, reader, template=template):
            new += _write(event, case.number, reader, words, template=template, now=now)
    return new


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
        people = people.filter(role="finance")
    else:
        people = people.filter(role__in=SELLERS, organisation=shop.organisation_id if shop and shop.organisation_id else 0)
    new = 0
    for user in people[:STAFF_MOST]:
        reader = Reader(f"user:{user.id}", user.email, _language(user.language), user_id=user.id)
        facts = facts_of_money(event, shop, language=reader.language)
        title, body = rendered(TEMPLATES[template], facts, language=reader.language)
        for channel in ("site", "email") if reader.email else ("site",):
            new += _write(event, event.subject, reader, Words(channel, title, body), template=template, now=now)
    return new


def _about_talk(event: FeedEvent, *, now: datetime) -> int:
    """Somebody has not read what was said: the buyer, or those who should answer."""
    talk, template = talk_of(event), OF_TALKS[event.type].get(str(event.data.get("side")))
    if talk is None or template is None:
        return 0
    buyer, new = talk.buyer, 0
    if template == "talk_unread":
        mine = Reader(f"buyer:{buyer.id}", buyer.email, _language(buyer.language), phone=buyer.phone, buyer_id=buyer.id)
        readers = [] if buyer.erased_at is not None else [mine]
    else:
        readers = [Reader(f"user:{each.id}", each.email, _language(each.language), user_id=each.id) for each in answerers(talk, now=now)]
    for reader in readers:
        facts = facts_of_talk(event, talk, staff=reader.user_id is not None)
        title, body = rendered(TEMPLATES[template], facts, language=reader.language)
        told = [Words("site", title, body), *([Words("email", title, body)] if reader.email else [])]
        if reader.phone and template in SHORT:
            told.append(Words("sms", title, shortened(template, facts, language=reader.language)))
        for words in told:
            new += _write(event, talk.number, reader, words, template=template, now=now)
    return new


def _readers(event: FeedEvent, case: Case) -> list[tuple[str, Reader]]:
    told: list[tuple[str, Reader]] = []
    buyer = case.buyer
    template = for_buyer(event.type, event.data)
    if template and buyer.erased_at is None:
        reader = Reader(f"buyer:{buyer.id}", buyer.email, _language(buyer.language), phone=buyer.phone, buyer_id=buyer.id)
        told.append((template, reader))
    template = for_staff(event.type, event.data)
    if template == "staff_blocked":
        staff = User.objects.filter(role__in=OVERSEERS, is_active=True).order_by("id")[:STAFF_MOST]
    elif template == "staff_money_differs":
        staff = User.objects.filter(role="finance", is_active=True).order_by("id")[:STAFF_MOST]
    elif template in INSURERS_WORK.values():
        staff = _of_insurance(str(template), str(event.data.get("insurer")), case)
    elif template == "staff_task":
        staff = _responsible(case)
    elif template == "staff_refund_refused":
        staff = User.objects.filter(id__in=[case.assigned_to_id or 0, _who_decided(case)], is_active=True).order_by("id")
    else:
        staff = User.objects.filter(id=case.assigned_to_id or 0, is_active=True)
    if template:
        told += [(template, Reader(f"user:{user.id}", user.email, _language(user.language), user_id=user.id)) for user in staff]
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


def _words(event: FeedEvent, case: Case, reader: Reader, *, template: str) -> list[Words]:
    """The site always; mail where an address is known; a text message where a phone is known and it cannot wait."""
    facts = facts_of(event, case, language=reader.language)
    if reader.user_id is not None:
        insurers = template in INSURERS_WORK.values() and template != "staff_freight_refused"
        facts["link"] = f"{settings.BASE_URL}/" + (f"insurer/{event.data.get('claim')}/" if insurers else f"staff/cases/{case.number}/")
    title, body = rendered(TEMPLATES[template], facts, language=reader.language)
    told = [Words("site", title, body)]
    if reader.email:
        told.append(Words("email", title, body))
    if reader.phone and template in SHORT:
        told.append(Words("sms", title, shortened(template, facts, language=reader.language)))
    return told


def _write(event: FeedEvent, subject: str, reader: Reader, words: Words, *, template: str, now: datetime) -> int:
    leaves = words.channel != "site"
    values: list[str | int | datetime | None] = [
        event.seq, event.type, subject, reader.recipient, reader.buyer_id, reader.user_id, words.channel, template,
        reader.language, words.title, words.body, "queued" if leaves else "sent", now, None if leaves else now,
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(WRITE, values)
        row = cursor.fetchone()
    if row and leaves:
        app.configure_task("notifications.deliver", queue=QUEUE).defer(notice_id=row[0])
    return 1 if row else 0


def _language(language: str) -> str:
    return "en" if language.lower().startswith("en") else "zh-hans"


WRITE = """
INSERT INTO notifications_notice (event_seq, event_type, subject, recipient, buyer_id, user_id, channel, template, language,
    title, body, state, created_at, sent_at, attempts, trouble)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 0, '')
ON CONFLICT (event_seq, recipient, channel) DO NOTHING RETURNING id
"""
