"""Words on their way to a consumer are weighed here: what must not go is refused and kept for the audit; contacts are registered."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet

from shouhou.conduct.library import lexicon
from shouhou.conduct.models import RegisteredContact, Screened
from shouhou.conduct.rules import Screening, screen
from shouhou.foundation.refusals import FORBIDDEN, NOT_FOUND, refusal, refused
from shouhou.merchants.models import ReturnAddress
from shouhou.plumbing import audit
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.masking import mask_text

TEXT_KEPT = 2000
CONTACTS_MOST = 50
VALUE_MOST, NOTE_MOST = 120, 120
KEEPERS = frozenset({"operations", "supervisor"})
SHOP_ROLES = frozenset({"merchant_operator", "merchant_manager"})
MESSAGE_BLOCKED = refusal(
    "MESSAGE_BLOCKED", "invalid",
    zh="没有发出：内容违反行为规范（{codes}：{why}）。请修改后再发；认为误判的，可在“会话”页的“被拦截的内容”里申诉。",
    en="Not sent: it breaks the rules of conduct ({codes}: {why_en}). Change it, or, if the rule is wrong, "
       "appeal under “Conversations”, “Blocked texts”.",
)  # fmt: skip
CONTACT_INVALID = refusal(
    "CONTACT_INVALID", "invalid", zh="请填写要登记的电话、网址、邮箱或账号。", en="Give the number, host, mail address or account."
)
CONTACT_TWICE = refusal("CONTACT_TWICE", "conflict", zh="“{value}”已登记。", en="“{value}” is registered already.")
CONTACTS_FULL = refusal("CONTACTS_FULL", "conflict", zh="最多登记 {most} 个联系方式。", en="At most {most} contacts can be registered.")


def weigh(
    text: str, *, actor: Actor, subject: str, merchant_id: int | None, buyer_id: int | None, now: datetime,
    picture_codes: Sequence[str] = (), own: Sequence[str] = (),
) -> Screening:  # fmt: skip
    """Judge what this person is about to say. Raises MESSAGE_BLOCKED; what is blocked or flagged is written down, once.

    `own` are the buyer's own numbers and addresses: saying them to the buyer is no breach.

    A refusal undoes the transaction around it, and this record with it: call it before one begins.
    """
    found = verdict_on(text, actor=actor, merchant_id=merchant_id, picture_codes=picture_codes, own=own)
    if found.verdict != "allow" and not picture_codes and _cleared(text, found, actor=actor, subject=subject):
        return Screening("allow", (), found.version)
    if found.verdict != "allow":
        _keep(text, found, actor=actor, subject=subject, merchant_id=merchant_id, buyer_id=buyer_id, now=now)
    if found.verdict == "block":
        codes = {hit.code for hit in found.hits if hit.action == "block"}
        labels = [lexicon(found.version).codes[code].label for code in sorted(codes)]
        raise refused(
            MESSAGE_BLOCKED, codes="、".join(sorted(codes)), why="、".join(label.zh for label in labels),
            why_en=", ".join(label.en for label in labels),
        )  # fmt: skip
    return found


def verdict_on(
    text: str, *, actor: Actor, merchant_id: int | None, picture_codes: Sequence[str] = (), own: Sequence[str] = ()
) -> Screening:  # fmt: skip
    """The same without a trace."""
    book = lexicon()
    known: tuple[str, ...] = ()
    sender = sender_of(actor)
    if sender != "consumer":
        # Where a shop takes returns it must say truly, with person and phone (L-03 art. 11).
        phones = ReturnAddress.objects.filter(merchant=merchant_id, active=True).values_list("phone", flat=True)
        own = (*own, *(phones if merchant_id else ()))
        known = tuple(contacts_of(merchant_id).values_list("value", flat=True)) if merchant_id else ()
        known += (*contacts_of(None).values_list("value", flat=True), *(each for each in own if each))
    return screen(text, lexicon=book, sender=sender, registered=known, picture_codes=tuple(picture_codes))


def sender_of(actor: Actor) -> str:
    """As whom the rules see this person."""
    if actor.role in ("consumer", "shop"):
        return "consumer"
    return "merchant" if actor.role in SHOP_ROLES or actor.merchant_id is not None else "agent"


def contacts_of(merchant_id: int | None) -> QuerySet[RegisteredContact]:
    """The contacts that may be named, of a shop or (None) of the house."""
    return RegisteredContact.objects.filter(merchant=merchant_id, ended_at=None).order_by("value", "id")


@transaction.atomic
def register_contact(value: str, *, note: str, merchant_id: int | None, actor: Actor, now: datetime) -> int:
    """From now on it may be named. Raises FORBIDDEN, CONTACT_INVALID, CONTACT_TWICE, CONTACTS_FULL."""
    _may_keep(actor)
    value = value.replace("\x00", "").strip().casefold()
    if not value or len(value) > VALUE_MOST:
        raise refused(CONTACT_INVALID)
    if contacts_of(merchant_id).count() >= CONTACTS_MOST:
        raise refused(CONTACTS_FULL, most=CONTACTS_MOST)
    try:
        with transaction.atomic():
            row = RegisteredContact.objects.create(
                merchant_id=merchant_id, value=value, note=note.strip()[:NOTE_MOST], by=actor.who, at=now
            )
    except IntegrityError as error:
        raise refused(CONTACT_TWICE, value=value) from error
    audit.note(actor, what="conduct.contact_registered", subject=str(merchant_id or ""), detail=value, now=now)
    return row.pk


@transaction.atomic
def end_contact(contact_id: int, *, actor: Actor, now: datetime) -> None:
    """It may no longer be named; twice is the same. Raises FORBIDDEN, NOT_FOUND."""
    _may_keep(actor)
    row = RegisteredContact.objects.select_for_update().filter(pk=contact_id).first()
    if row is None:
        raise refused(NOT_FOUND)
    if row.ended_at is None:
        row.ended_at = now
        row.save(update_fields=["ended_at"])
        audit.note(actor, what="conduct.contact_ended", subject=str(row.merchant_id or ""), detail=row.value, now=now)


@transaction.atomic
def review(screened_id: int, verdict: str, *, actor: Actor, now: datetime) -> None:
    """A person looked: the rule was right ("kept") or it was a false alarm ("cleared"). Raises FORBIDDEN, NOT_FOUND."""
    _may_keep(actor)
    row = Screened.objects.select_for_update().filter(pk=screened_id).first()
    if row is None or verdict not in ("kept", "cleared"):
        raise refused(NOT_FOUND)
    row.reviewed, row.reviewed_by, row.reviewed_at = verdict, actor.who, now
    row.save(update_fields=["reviewed", "reviewed_by", "reviewed_at"])
    audit.note(actor, what="conduct.reviewed", subject=row.subject, detail=f"{row.pk} {verdict}", now=now)


def erase_screened_of(buyer_id: int, now: datetime) -> dict[str, int]:
    """The port of accounts' erasure: the words go, that a rule was broken stays."""
    return {"screened": Screened.objects.filter(buyer_id=buyer_id).exclude(text="").update(text="")}


def _cleared(text: str, found: Screening, *, actor: Actor, subject: str) -> bool:
    """Has somebody found that the rule was wrong about these very words of theirs, here?"""
    digest = sha256(text.encode()).hexdigest()
    return Screened.objects.filter(subject=subject, who=actor.who, digest=digest, verdict=found.verdict, reviewed="cleared").exists()


def _keep(
    text: str, found: Screening, *, actor: Actor, subject: str, merchant_id: int | None, buyer_id: int | None, now: datetime
) -> None:  # fmt: skip
    digest = sha256(text.encode()).hexdigest()
    with transaction.atomic():
        row, made = Screened.objects.get_or_create(
            subject=subject, who=actor.who, digest=digest, verdict=found.verdict,
            defaults={
                "merchant_id": merchant_id, "buyer_id": buyer_id, "role": actor.role, "codes": list(found.codes),
                "text": mask_text(text)[:TEXT_KEPT], "lexicon": found.version, "at": now,
            },
        )  # fmt: skip
        if not made:
            Screened.objects.filter(pk=row.pk).update(times=F("times") + 1)


def _may_keep(actor: Actor) -> None:
    if actor.role not in KEEPERS or actor.merchant_id is not None:
        raise refused(FORBIDDEN, roles=tuple(sorted(KEEPERS)))
