"""Who is told, where they can be reached, what they want, and by which hours they live."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from shouhou.accounts.models import Buyer, User
from shouhou.cases.models import Case
from shouhou.notifications.models import Chain, Notice, Preference
from shouhou.notifications.rules.kinds import Kind
from shouhou.notifications.rules.quiet import cannot_wait, morning_after, zone_of
from shouhou.notifications.rules.ways import Reach, Wishes
from shouhou.policy.compiler import CompiledBook
from shouhou.policy.queries import compiled

# Text messages and calls wake people; mail and the site do not, and a room of colleagues keeps its own hours.
LOUD = ("sms", "call")


@dataclass(frozen=True, slots=True)
class Reader:
    """A buyer or a member of staff, with their mail address and phone ("" for none), language and wishes."""

    recipient: str
    email: str
    language: str
    phone: str = ""
    buyer_id: int | None = None
    user_id: int | None = None
    wishes: Wishes = field(default_factory=Wishes)

    @property
    def reach(self) -> Reach:
        return Reach(email=bool(self.email), phone=bool(self.phone))


def buyer_reader(buyer: Buyer) -> Reader:
    kept = Preference.objects.filter(buyer_id=buyer.pk).first()
    return Reader(
        f"buyer:{buyer.pk}", buyer.email, spoken(kept, buyer.language), phone=buyer.phone, buyer_id=buyer.pk, wishes=wishes_of(kept)
    )


def staff_reader(user: User) -> Reader:
    kept = Preference.objects.filter(user_id=user.pk).first()
    return Reader(f"user:{user.pk}", user.email, spoken(kept, user.language), user_id=user.pk, wishes=wishes_of(kept))


def wishes_of(kept: Preference | None) -> Wishes:
    return Wishes(first=kept.first, off=frozenset(kept.off)) if kept else Wishes()


def spoken(kept: Preference | None, account: str) -> str:
    """The language of their notices: what they chose for them, else their account's."""
    language = (kept.language if kept else "") or account
    return "en" if language.lower().startswith("en") else "zh-hans"


def chain_of(kind: Kind) -> Sequence[str]:
    """The order of channels: as operations set it, else as shipped."""
    set_here = Chain.objects.filter(kind=kind.code).values_list("channels", flat=True).first()
    return set_here if set_here is not None else kind.chain


def book_of(case: Case | None) -> CompiledBook:
    return compiled(case.book, case.book_version) if case is not None else compiled()


def wait_for_morning(channel: str, case: Case | None, due_at: datetime | None, *, now: datetime) -> datetime | None:
    """Until when a loud notice waits: the morning where its buyer lives, unless it cannot wait; None: it goes now."""
    if channel not in LOUD:
        return None
    book = book_of(case)
    terms, begins, ends = book.terms, "notice_quiet_from_hour", "notice_quiet_until_hour"
    morning = morning_after(now, zone=_zone(case, book), begins=terms.number(begins), ends=terms.number(ends))
    return None if morning is None or cannot_wait(due_at, morning=morning) else morning


def fallback_after(case: Case | None) -> timedelta:
    return timedelta(minutes=book_of(case).terms.number("notice_fallback_minutes"))


def call_within(case: Case | None) -> timedelta:
    return timedelta(hours=book_of(case).terms.number("notice_call_hours"))


def case_about(notice: Notice) -> Case | None:
    return Case.objects.select_related("order", "buyer", "merchant").filter(number=notice.subject).first()


def is_over(notice: Notice, case: Case | None, *, now: datetime) -> bool:
    """Has what the reader was to do been done, or run out, since it was written? Only that kind is ever over."""
    if notice.kind != "act" or not notice.status:
        return False
    return case is None or case.status != notice.status or (notice.due_at is not None and notice.due_at <= now)


def _zone(case: Case | None, book: CompiledBook) -> ZoneInfo:
    """By the region of the case's contact, or of the order's address; else the platform's clock."""
    region = "" if case is None else str(case.contact.get("region") or (case.order.address.get("region") if case.order else "") or "")
    return zone_of(region, platform=book.book.zone)
