"""Scanned forms: taken in, keyed in as a case or put to one, looked at by a second person when they are unclear."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import models, transaction

from shouhou.cases.access import case_for
from shouhou.cases.actions import Application, open_case, say
from shouhou.cases.evidence import attach_tokens
from shouhou.cases.models import Case
from shouhou.documents.models import OPEN, PaperScan, PaperScanEntry
from shouhou.documents.reading import page_count, read_codes
from shouhou.foundation.ids import new_number, parse_number
from shouhou.foundation.refusals import FORBIDDEN, refusal, refused
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.models import Upload
from shouhou.plumbing.uploads import PICTURES, Readable, drop_bytes, erase_upload, open_upload, take_upload

# Whom consumers reach over a counter or by post.
MAY_KEY = frozenset({"agent", "supervisor", "clerk"})
ATTACHED_AS = "form"
ALLOWED = PICTURES | {"application/pdf"}
REASON_MOST, TEXT_MOST = 500, 2000
FIELDS_MOST, VALUES_MOST = 400, 200

SCAN_NOT_FOUND = refusal("SCAN_NOT_FOUND", "not_found", zh="没有找到该扫描件。", en="There is no such scan.")
SCAN_ENDED = refusal(
    "SCAN_ENDED", "conflict", zh="扫描件 {number} 已由 {name} 处理。", en="Scan {number} has been dealt with by {name}."
)
SCAN_SECOND_LOOK = refusal(
    "SCAN_SECOND_LOOK", "forbidden", zh="您提出了疑问，须由另一位同事处理。", en="You asked for a second look: it is another person's.",
)
SCAN_ASKED = refusal(
    "SCAN_ASKED", "conflict", zh="扫描件 {number} 已由 {name} 提交复核。", en="{name} has asked for a second look at scan {number} already."
)
SCAN_NOT_ASKED = refusal(
    "SCAN_NOT_ASKED", "conflict",
    zh="只有提交复核的扫描件才能作废。", en="Only a scan that was put up for a second look can be dropped.",
)  # fmt: skip
SCAN_REASON = refusal("SCAN_REASON", "invalid", zh="请写明哪里看不清或为何存疑。", en="Say what is unclear.")
SCAN_TEXT = refusal(
    "SCAN_TEXT", "invalid", zh="请录入表格上的内容（1 到 {most} 字）。", en="Key in what the form says (1 to {most} characters)."
)


def take_scan(file: Readable, *, name: str, actor: Actor, now: datetime) -> PaperScan:
    """Store the scan, read its codes, put it into the queue.

    Raises Refused FORBIDDEN, UPLOAD_EMPTY, UPLOAD_TYPE, UPLOAD_TOO_LARGE, UPLOAD_BROKEN, SCAN_UNREADABLE, SCAN_TOO_LONG;
    nothing is kept then.
    """
    _may(actor)
    with transaction.atomic():
        upload = take_upload(file, name=name, actor=actor, now=now, allow=ALLOWED)
        try:
            with open_upload(upload) as stored:
                pages = page_count(stored, content_type=upload.content_type)
                marked = read_codes(stored, content_type=upload.content_type, pages=pages)
        except BaseException:
            drop_bytes(upload)
            raise
        scan = PaperScan.objects.create(
            number=new_number("FS"), merchant_id=actor.merchant_id, upload=upload, pages=pages, form=marked.form,
            form_version=min(marked.version, 9999), case_number=marked.case, order_number=marked.order,
            read_by_code=bool(marked.case or marked.order), taken_by=actor.who, taken_name=actor.name[:120], taken_at=now,
        )  # fmt: skip
        _wrote(scan, "taken", note=marked.case or marked.order, actor=actor, now=now)
    return scan


def keep_fields(number: str, fields: Mapping[str, Sequence[str]], *, order: str, actor: Actor, now: datetime) -> PaperScan:
    """The half-keyed form becomes `fields`, for whoever goes on. Raises Refused SCAN_NOT_FOUND, SCAN_ENDED, FORBIDDEN."""
    bounded = {
        name[:80]: [value.replace("\x00", "")[:TEXT_MOST] for value in list(values)[:VALUES_MOST]]
        for name, values in list(fields.items())[:FIELDS_MOST]
    }
    with transaction.atomic():
        scan = _held(number, actor=actor)
        scan.fields, scan.order_number = bounded, order[:80]
        scan.save(update_fields=["fields", "order_number"])
        _wrote(scan, "drafted", actor=actor, now=now)
    return scan


def key_in(
    number: str, application: Application, *, actor: Actor, now: datetime, dry_run: bool = False, language: str = "zh-hans"
) -> dict[str, Any]:  # fmt: skip
    """Open the case that the form applies for, with the scan on it; `dry_run` shows it and changes nothing.

    Raises Refused SCAN_NOT_FOUND, SCAN_ENDED, SCAN_SECOND_LOOK, FORBIDDEN and what open_case refuses.
    """
    with transaction.atomic():
        scan = _ending(number, actor=actor)
        body = open_case(application, actor=actor, now=now, dry_run=dry_run, language=language)
        if not dry_run:
            case = Case.objects.get(number=body["number"])
            _end(scan, "keyed", case=case, actor=actor, now=now)
    return body


def add_to_case(number: str, *, case: str, text: str, actor: Actor, now: datetime) -> str:
    """Put the form to a case that is there, with what it says as a note on it; answers the case's number.

    Raises Refused SCAN_NOT_FOUND, SCAN_ENDED, SCAN_SECOND_LOOK, SCAN_TEXT, CASE_NOT_FOUND, FORBIDDEN.
    """
    text = text.replace("\x00", "").strip()
    if not 1 <= len(text) <= TEXT_MOST:
        raise refused(SCAN_TEXT, most=TEXT_MOST)
    with transaction.atomic():
        scan = _ending(number, actor=actor)
        found = case_for(actor, parse_number(case) or case.strip())
        say(found.number, text, internal=True, actor=actor, now=now)
        _end(scan, "added", case=Case.objects.get(pk=found.id), actor=actor, now=now)
    return found.number


def ask_second(number: str, *, reason: str, actor: Actor, now: datetime) -> PaperScan:
    """Somebody else is to look: it cannot be read, or is doubtful.

    Raises SCAN_NOT_FOUND, SCAN_ENDED, SCAN_ASKED, SCAN_REASON, FORBIDDEN.
    """
    if not reason.strip():
        raise refused(SCAN_REASON)
    with transaction.atomic():
        scan = _held(number, actor=actor)
        if scan.state == "unclear" and scan.asked_by != actor.who:
            # A second person who cannot read it either does not become the first: a third may, or it is dropped.
            raise refused(SCAN_ASKED, number=scan.number, name=scan.asked_name)
        scan.state, scan.asked_by, scan.asked_name = "unclear", actor.who, actor.name[:120]
        scan.asked_reason = reason.replace("\x00", "").strip()[:REASON_MOST]
        scan.save(update_fields=["state", "asked_by", "asked_name", "asked_reason"])
        _wrote(scan, "asked", note=scan.asked_reason, actor=actor, now=now)
    return scan


def drop_scan(number: str, *, reason: str, actor: Actor, now: datetime) -> PaperScan:
    """The second look agrees: nothing can be made of it. The scan stays on record.

    Raises Refused SCAN_NOT_FOUND, SCAN_ENDED, SCAN_NOT_ASKED, SCAN_SECOND_LOOK, SCAN_REASON, FORBIDDEN.
    """
    if not reason.strip():
        raise refused(SCAN_REASON)
    with transaction.atomic():
        scan = _ending(number, actor=actor)
        if scan.state != "unclear":
            raise refused(SCAN_NOT_ASKED)
        _end(scan, "dropped", case=None, actor=actor, now=now, note=reason.replace("\x00", ""))
    return scan


def scan_for(actor: Actor, number: str) -> PaperScan:
    """Another shop's does not exist. Raises SCAN_NOT_FOUND, FORBIDDEN."""
    _may(actor)
    found = scans_of(actor).select_related("upload", "case").filter(number=parse_number(number) or number).first()
    if found is None:
        raise refused(SCAN_NOT_FOUND)
    return found


def scans_of(actor: Actor) -> models.QuerySet[PaperScan]:
    """The scans of this person's house or shop."""
    found = PaperScan.objects.all()
    return found if actor.merchant_id is None else found.filter(merchant_id=actor.merchant_id)


@transaction.atomic
def erase_scans_of(buyer_id: int, now: datetime) -> dict[str, int]:
    """The port of accounts' erasure: what was keyed goes; the scan itself goes with the case's other files (L-19)."""
    theirs = PaperScan.objects.filter(buyer_id=buyer_id)
    changed = theirs.exclude(fields={}).update(fields={})
    for upload in Upload.objects.filter(paperscan__in=theirs, erased_at=None):
        erase_upload(upload, now=now)
        changed += 1
    return {"scans": changed}


def _may(actor: Actor) -> None:
    if actor.role not in MAY_KEY:
        raise refused(FORBIDDEN, roles=sorted(MAY_KEY))


def _held(number: str, *, actor: Actor) -> PaperScan:
    _may(actor)
    scan = scans_of(actor).select_for_update().filter(number=parse_number(number) or number).first()
    if scan is None:
        raise refused(SCAN_NOT_FOUND)
    if scan.state not in OPEN:
        raise refused(SCAN_ENDED, number=scan.number, name=scan.ended_name)
    return scan


def _ending(number: str, *, actor: Actor) -> PaperScan:
    scan = _held(number, actor=actor)
    if scan.asked_by == actor.who:
        raise refused(SCAN_SECOND_LOOK)
    return scan


def _end(scan: PaperScan, state: str, *, case: Case | None, actor: Actor, now: datetime, note: str = "") -> None:
    """What it was made into; the scan is attached as its taker's, who alone may attach it."""
    if case is not None:
        taker = Actor(role=actor.role, who=scan.taken_by, merchant_id=actor.merchant_id, name=scan.taken_name)
        attach_tokens(case.pk, [scan.upload.token], kind=ATTACHED_AS, actor=taker, now=now)
        scan.case, scan.buyer_id, scan.case_number = case, case.buyer_id, case.number
    scan.state, scan.fields, scan.ended_by, scan.ended_name, scan.ended_at = state, {}, actor.who, actor.name[:120], now
    scan.save()
    _wrote(scan, state, note=note or (case.number if case else ""), actor=actor, now=now)


def _wrote(scan: PaperScan, deed: str, *, actor: Actor, now: datetime, note: str = "") -> None:
    PaperScanEntry.objects.create(
        scan=scan, deed=deed, role=actor.role, who=actor.who, name=actor.name[:120], note=note[:REASON_MOST], at=now
    )
