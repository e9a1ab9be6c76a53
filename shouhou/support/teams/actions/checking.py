"""Quality checks: drawn from what a person worked on in a month, scored by somebody else, answered once (CDT-16, CDT-19)."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import connection, transaction

from shouhou.accounts.models import User
from shouhou.foundation.days import month_span
from shouhou.foundation.refusals import FORBIDDEN, NOT_FOUND, FieldError, refused
from shouhou.plumbing import audit
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.events import publish
from shouhou.support.teams.access import keeper, me, team
from shouhou.support.teams.events import CHECK_DONE
from shouhou.support.teams.models import Check
from shouhou.support.teams.refusals import CHECK_DONE as CHECKED
from shouhou.support.teams.refusals import CHECK_OWN, TEAM_INVALID
from shouhou.support.teams.rules.quality import DIMENSIONS, GRADES, SAMPLE, drawn, mean, weak

NOTE_MOST, REPLY_MOST = 1000, 500


@transaction.atomic
def draw_checks(month: date, *, actor: Actor, now: datetime, many: int = SAMPLE) -> int:
    """Draw up to `many` cases and conversations of everybody at one's desk; what is drawn already counts, so that drawing again only
    adds what the month has brought since. Returns how many are new. Raises FORBIDDEN, TEAM_INVALID (a month to come)."""
    keeper(actor)
    month = month.replace(day=1)
    since, until = month_span(month)
    if since > now:
        raise refused(TEAM_INVALID, FieldError("month", "这个月还没有到。", "That month is still to come."))
    added = 0
    for person in team(actor):
        # One drawing at a time for each person: two at once draw no more than one.
        User.objects.select_for_update().get(pk=person.pk)
        held = set(Check.objects.filter(user=person, month=month).values_list("number", flat=True))
        found = [each for each in _worked_on(person, since, until) if each[1] not in held]
        kinds = {number: kind for kind, number in found}
        wanted = drawn(kinds, month=f"{month:%Y-%m}", many=many - len(held))
        added += len(wanted)
        Check.objects.bulk_create([
            Check(
                user=person, merchant_id=actor.merchant_id, month=month, kind=kinds[number], number=number, drawn_by=actor.who,
                drawn_at=now,
            )
            for number in wanted
        ])  # fmt: skip
    audit.note(actor, what="checks.drawn", subject=f"{month:%Y-%m}", detail=str(added), now=now)
    return added


@transaction.atomic
def note_check(check_id: int, scores: Mapping[str, int], note: str, *, actor: Actor, now: datetime) -> None:
    """The scores of one check; a weak one needs words. Told to the person.

    Raises FORBIDDEN, NOT_FOUND, CHECK_OWN, CHECK_DONE, TEAM_INVALID.
    """
    keeper(actor)
    row = _locked(check_id, actor)
    if row.user_id == me(actor):
        raise refused(CHECK_OWN)
    if row.state == "done":
        raise refused(CHECKED)
    wrong = [
        FieldError(name, f"请为“{text.zh}”评分。", f"Score “{text.en}”.")
        for name, text in DIMENSIONS.items() if scores.get(name) not in GRADES
    ]  # fmt: skip
    note = note.strip()
    if not wrong and weak(scores) and not note:
        wrong = [FieldError("note", "有低分项，请写明原因。", "Something is weak: say why.")]
    if len(note) > NOTE_MOST:
        wrong = [*wrong, FieldError("note", f"最多 {NOTE_MOST} 字。", f"At most {NOTE_MOST} characters.")]
    if wrong:
        raise refused(TEAM_INVALID, *wrong)
    row.scores, row.note, row.state = {name: scores[name] for name in DIMENSIONS}, note, "done"
    row.checked_by_id, row.checked_at = me(actor), now
    row.save()
    audit.note(actor, what="check.done", subject=row.number, detail=str(row.scores), now=now)
    publish(
        CHECK_DONE, subject=str(row.pk), now=now, merchant_id=row.merchant_id,
        data={"user": row.user_id, "number": row.number, "mean": str(mean(list(row.scores.values())))},
    )  # fmt: skip


@transaction.atomic
def reply_to_check(check_id: int, text: str, *, actor: Actor, now: datetime) -> None:
    """What the person checked says to it, once; the same words again are the same.

    Raises NOT_FOUND, FORBIDDEN, CHECK_DONE, TEAM_INVALID.
    """
    row, text = _locked(check_id, actor), text.strip()
    if row.user_id != me(actor) or row.state != "done":
        raise refused(FORBIDDEN)
    if not text or len(text) > REPLY_MOST:
        raise refused(TEAM_INVALID, FieldError("text", f"请填写，最多 {REPLY_MOST} 字。", f"Write at most {REPLY_MOST} characters."))
    if row.reply == text:
        return
    if row.reply:
        raise refused(CHECKED)
    row.reply, row.replied_at = text, now
    row.save(update_fields=["reply", "replied_at"])


def _locked(check_id: int, actor: Actor) -> Check:
    row = Check.objects.select_for_update(of=("self",)).filter(pk=check_id, merchant=actor.merchant_id).first()
    if row is None:
        raise refused(NOT_FOUND)
    return row


def _worked_on(person: User, since: datetime, until: datetime) -> list[tuple[str, str]]:
    """(kind, number) of the cases moved and the conversations spoken in by this person in that time."""
    with connection.cursor() as cursor:
        cursor.execute(WORKED_ON, {"who": f"user:{person.pk}", "user": person.pk, "since": since, "until": until})
        return [(str(kind), str(number)) for kind, number in cursor.fetchall()]


# By history_staff (who, at) and conversation_assigned (assigned_to, last_at).
WORKED_ON = """
SELECT DISTINCT 'case', c.number FROM cases_historyentry h JOIN cases_case c ON c.id = h.case_id
WHERE h.who = %(who)s AND h.role NOT IN ('consumer', 'system') AND h.at >= %(since)s AND h.at < %(until)s
UNION
SELECT 'talk', t.number FROM conversations_conversation t
WHERE t.assigned_to_id = %(user)s AND t.last_at >= %(since)s AND t.opened_at < %(until)s
"""
