"""The author of a blocked or flagged text appeals once; whoever has not judged it before decides (CDT, part 7)."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from shouhou.conduct.actions import KEEPERS
from shouhou.conduct.events import CONDUCT_APPEALED, CONDUCT_DECIDED
from shouhou.conduct.models import Appeal, Screened
from shouhou.foundation.refusals import FORBIDDEN, NOT_FOUND, refusal, refused
from shouhou.plumbing import audit
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.events import EventType, publish

WORDS_MOST = 1000
CONDUCT_WORDS = refusal(
    "CONDUCT_WORDS", "invalid", zh="请写明理由（最多 {most} 字）。", en="Say why, in at most {most} characters."
)
CONDUCT_APPEALED_ALREADY = refusal(
    "CONDUCT_APPEALED_ALREADY", "conflict", zh="这条内容已申诉过，每条只能申诉一次。", en="This text has been appealed; once is all."
)
CONDUCT_APPEAL_NONE = refusal(
    "CONDUCT_APPEAL_NONE", "conflict", zh="没有待裁决的申诉。", en="There is no appeal to decide."
)
CONDUCT_JUDGED_BEFORE = refusal(
    "CONDUCT_JUDGED_BEFORE", "forbidden",
    zh="您是作者，或已复核过这条内容：须由另一位同事裁决。",
    en="You wrote it, or have judged it before: somebody else must decide.",
)  # fmt: skip


def mine(actor: Actor) -> QuerySet[Screened]:
    """What of this person's own words was blocked or flagged, the newest first."""
    return Screened.objects.filter(who=actor.who).select_related("appeal").order_by("-pk")


def appealed(screened_id: int) -> Screened:
    """A record with its appeal, for whoever has just decided it."""
    return Screened.objects.select_related("appeal").get(pk=screened_id)


def appeal_screened(screened_id: int, text: str, *, actor: Actor, now: datetime) -> int:
    """Its author says why the rule is wrong. Raises NOT_FOUND, CONDUCT_WORDS, CONDUCT_APPEALED_ALREADY."""
    text = _words(text)
    with transaction.atomic():
        row = Screened.objects.select_for_update().filter(pk=screened_id, who=actor.who).first()
        if row is None:
            raise refused(NOT_FOUND)
        if Appeal.objects.filter(screened=row).exists():
            raise refused(CONDUCT_APPEALED_ALREADY)
        made = Appeal.objects.create(screened=row, text=text, by=actor.who, name=actor.name[:120], at=now)
        audit.note(actor, what="conduct.appealed", subject=row.subject, detail=f"{row.pk}: {text}", now=now)
        _tell(CONDUCT_APPEALED, row, now=now, author=actor.name)
    return made.pk


def decide_appeal(screened_id: int, *, grant: bool, reasons: str, actor: Actor, now: datetime) -> None:
    """Granted: it was a false alarm, and the same words may go; refused: the rule was right. Its author is told.

    Raises FORBIDDEN, NOT_FOUND, CONDUCT_WORDS, CONDUCT_APPEAL_NONE, CONDUCT_JUDGED_BEFORE.
    """
    if actor.role not in KEEPERS or actor.merchant_id is not None:
        raise refused(FORBIDDEN, roles=tuple(sorted(KEEPERS)))
    reasons = _words(reasons)
    with transaction.atomic():
        row = Screened.objects.select_for_update().filter(pk=screened_id).first()
        if row is None:
            raise refused(NOT_FOUND)
        appeal = Appeal.objects.filter(screened=row, verdict="").first()
        if appeal is None:
            raise refused(CONDUCT_APPEAL_NONE)
        if actor.who in (row.who, row.reviewed_by):
            raise refused(CONDUCT_JUDGED_BEFORE)
        appeal.verdict, appeal.reasons = "granted" if grant else "refused", reasons
        appeal.decided_by, appeal.decided_name, appeal.decided_at = actor.who, actor.name[:120], now
        appeal.save()
        row.reviewed, row.reviewed_by, row.reviewed_at = "cleared" if grant else "kept", actor.who, now
        row.save(update_fields=["reviewed", "reviewed_by", "reviewed_at"])
        audit.note(actor, what=f"conduct.{appeal.verdict}", subject=row.subject, detail=f"{row.pk}: {reasons}", now=now)
        user = row.who.removeprefix("user:")
        _tell(
            CONDUCT_DECIDED, row, now=now, user=int(user) if user.isdigit() else None, outcome=appeal.verdict, reasons=reasons
        )  # fmt: skip


def _words(text: str) -> str:
    text = text.replace("\x00", "").strip()
    if not text or len(text) > WORDS_MOST:
        raise refused(CONDUCT_WORDS, most=WORDS_MOST)
    return text


def _tell(what: EventType, row: Screened, *, now: datetime, **more: object) -> None:
    data = {"number": row.pk, "about": row.subject, "verdict": row.verdict, "codes": row.codes, "text": row.text[:200], **more}
    publish(what, subject=f"conduct:{row.pk}", now=now, data=data, merchant_id=row.merchant_id)
