"""What cases know of a person, removed; what was decided, moved and paid stays readable (L-19)."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection

from shouhou.accounts.models import Buyer
from shouhou.cases.models import Attachment, Case, CaseItem, Finding, HistoryEntry, Message, Rating, UnpackingRecord
from shouhou.payments.erasure import erase_words_of
from shouhou.plumbing.models import Upload
from shouhou.plumbing.uploads import erase_upload, uploaded_by

REMOVED = "（已按个人信息删除请求移除 removed at the person's request）"
# What a workflow answers with: a code, a number of ours, a day. Everything else may be a person's own words.
_CODE = re.compile(r"[A-Za-z0-9_.:+-]{1,40}")
_PERSONAL = frozenset({"contact", "address", "name", "phone", "note", "text", "description", "email"})


def open_cases_of(buyer_id: int) -> int:
    """How many cases of the buyer are not closed."""
    return Case.objects.filter(buyer=buyer_id, closed_at=None).count()


def erase_cases_of(buyer_id: int, now: datetime) -> dict[str, int]:
    """Contact, the person's own words and files go; of what staff wrote, name and phone. Runs before the buyer's row."""
    buyer = Buyer.objects.get(pk=buyer_id)
    plain = _without(buyer, [case.contact for case in Case.objects.filter(buyer=buyer)])
    cases = Case.objects.filter(buyer=buyer).exclude(contact={}, description="", call_note="")
    removed = {"cases": cases.update(contact={}, description="", call_note="")}
    removed["messages"] = _messages(buyer, plain)
    removed["ratings"] = Rating.objects.filter(case__buyer=buyer).exclude(text="").update(text="")
    removed["history"] = _history(buyer, plain)
    removed["answers"] = _kept_answers(buyer)
    removed["findings"] = _findings(buyer, plain)
    removed["files"] = 0
    attached = Attachment.objects.filter(case__buyer=buyer, role="consumer").values_list("upload", flat=True)
    own = Upload.objects.filter(uploaded_by(f"buyer:{buyer.pk}")).values_list("pk", flat=True)
    for upload in Upload.objects.filter(pk__in={*attached, *own}, erased_at=None):
        erase_upload(upload, now=now)
        removed["files"] += 1
    return removed


def _kept_answers(buyer: Buyer) -> int:
    """Answers kept for a client's retry repeat what was said; without them a retry is simply refused by the case."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM plumbing_idempotentanswer a USING cases_case c "
            "WHERE c.buyer_id = %s AND position(convert_to(c.number, 'UTF8') IN a.body) > 0",
            [buyer.pk],
        )
        return int(cursor.rowcount)


def _messages(buyer: Buyer, plain: Callable[[str], str]) -> int:
    changed = []
    for message in Message.objects.filter(case__buyer=buyer).exclude(text=REMOVED):
        own = message.role == "consumer"
        text, name = (REMOVED, "") if own else (plain(message.text), message.name)
        text_en = plain(message.text_en)
        if (text, text_en, name) != (message.text, message.text_en, message.name):
            message.text, message.text_en, message.name = text, text_en, name
            changed.append(message)
    Message.objects.bulk_update(changed, ["text", "text_en", "name"])
    return len(changed)


def _findings(buyer: Buyer, plain: Callable[[str], str]) -> int:
    """What the warehouse wrote beside the goods: staff's words stay, the person's name, phone and address do not."""
    notes = [row for row in UnpackingRecord.objects.filter(case__buyer=buyer) if plain(row.note) != row.note]
    for note in notes:
        note.note = plain(note.note)[:1000]
    UnpackingRecord.objects.bulk_update(notes, ["note"])
    items = [row for row in CaseItem.objects.filter(case__buyer=buyer) if plain(row.deduction_reason) != row.deduction_reason]
    for item in items:
        item.deduction_reason = plain(item.deduction_reason)[:300]
    CaseItem.objects.bulk_update(items, ["deduction_reason"])
    parts = list(Finding.objects.filter(item__case__buyer=buyer).exclude(deduction_reason="", note=""))
    for part in parts:
        part.deduction_reason, part.note = plain(part.deduction_reason)[:300], plain(part.note)[:300]
    Finding.objects.bulk_update(parts, ["deduction_reason", "note"])
    cases = [row for row in Case.objects.filter(buyer=buyer) if _scrubbed(row.preview, plain, own=False) != row.preview]
    for case in cases:
        case.preview = _scrubbed(case.preview, plain, own=False)
    Case.objects.bulk_update(cases, ["preview"])
    return len(notes) + len(items) + len(cases) + erase_words_of(buyer.pk, plain)


def _history(buyer: Buyer, plain: Callable[[str], str]) -> int:
    """The guard of the table lets answers and names be changed while this transaction says that it erases."""
    changed = []
    for entry in HistoryEntry.objects.filter(case__buyer=buyer):
        own = entry.role == "consumer"
        answers, name = _scrubbed(entry.answers, plain, own=own), "" if own else entry.name
        if (answers, name) != (entry.answers, entry.name):
            entry.answers, entry.name = answers, name
            changed.append(entry)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('shouhou.erasing', 'on', true)")
        HistoryEntry.objects.bulk_update(changed, ["answers", "name"])
        cursor.execute("SELECT set_config('shouhou.erasing', 'off', true)")
    return len(changed)


def _scrubbed(value: Any, plain: Callable[[str], str], *, own: bool) -> Any:
    """The person's own free text is removed; in what others wrote, the person's name and phone."""
    if isinstance(value, dict):
        return {
            key: ("" if own and key in _PERSONAL and isinstance(inner, str) else _scrubbed(inner, plain, own=own))
            for key, inner in value.items()
            if not (own and key in ("contact", "address"))
        }
    if isinstance(value, list):
        return [_scrubbed(inner, plain, own=own) for inner in value]
    if isinstance(value, str):
        return value if own and _CODE.fullmatch(value) and plain(value) == value else "" if own else plain(value)
    return value


def _without(buyer: Buyer, contacts: list[dict[str, Any]]) -> Callable[[str], str]:
    """Replaces the person's names, phones, address and mail wherever they stand."""
    known = {buyer.name, buyer.phone, buyer.email}
    for contact in contacts:
        known |= {str(contact.get(name) or "") for name in ("name", "phone", "address")}
    words = sorted((word for word in known if len(word) > 1), key=len, reverse=True)
    if not words:
        return lambda text: text
    pattern = re.compile("|".join(map(re.escape, words)))
    return lambda text: pattern.sub("***", text)
