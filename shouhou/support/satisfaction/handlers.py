"""What satisfaction hears: a case that ends, one that goes on again, a rating."""

from datetime import timedelta

from shouhou.cases.models import Case
from shouhou.cases.rating import RATED_STATES
from shouhou.plumbing.events import Announced, publish
from shouhou.policy.queries import compiled
from shouhou.support.satisfaction.events import FOLLOW_UP_ASKED
from shouhou.support.satisfaction.models import FollowUp, Survey
from shouhou.support.satisfaction.rules.sending import send_at


def case_moved(event: Announced) -> None:
    """Ended: it will be asked about, once. Gone on before that: not now."""
    status, before = event.data.get("status"), event.data.get("from")
    if status in RATED_STATES and before not in RATED_STATES:
        _invite(event)
    elif before in RATED_STATES and status not in RATED_STATES:
        Survey.objects.filter(case__number=event.subject, state="waiting").update(state="withdrawn")


def case_rated(event: Announced) -> None:
    """Rated unasked: no invitation. One of the lowest grades: a call is owed; amended to a better one: it is not."""
    case = Case.objects.get(number=event.subject)
    Survey.objects.filter(case=case, state="waiting").update(state="withdrawn")
    grade, terms = int(str(event.data["grade"])), compiled(case.book, case.book_version).terms
    if grade > terms.number("follow_up_grade"):
        FollowUp.objects.filter(case=case, state="open").update(state="lifted", grade=grade, ended_at=event.at)
        return
    due = event.at + timedelta(hours=terms.number("follow_up_hours"))
    owed, made = FollowUp.objects.get_or_create(
        case=case, defaults={"merchant_id": case.merchant_id, "grade": grade, "asked_at": event.at, "due_at": due}
    )
    if owed.state == "lifted":
        # Worse again: what was lifted is owed anew, from now.
        FollowUp.objects.filter(pk=owed.pk).update(state="open", grade=grade, asked_at=event.at, due_at=due, ended_at=None)
    elif not made and owed.state == "open":
        FollowUp.objects.filter(pk=owed.pk).update(grade=grade)
    if made or owed.state == "lifted":
        data = {"number": case.number, "service": case.service, "grade": grade, "due_at": due.isoformat()}
        publish(FOLLOW_UP_ASKED, subject=case.number, now=event.at, data=data, merchant_id=case.merchant_id, buyer_id=case.buyer_id)


def _invite(event: Announced) -> None:
    """The row is the promise to send: a case has one, whatever becomes of it; reopened and ended again it is asked once all the same."""
    case = Case.objects.get(number=event.subject)
    terms = compiled(case.book, case.book_version).terms
    at = send_at(event.at, begins_hour=terms.number("survey_begins_hour"), ends_hour=terms.number("survey_ends_hour"))
    survey, made = Survey.objects.get_or_create(
        case=case, defaults={"merchant_id": case.merchant_id, "ended_at": event.at, "send_at": at}
    )
    if not made and survey.state == "withdrawn" and survey.sent_at is None and not hasattr(case, "rating"):
        Survey.objects.filter(pk=survey.pk, state="withdrawn").update(state="waiting", ended_at=event.at, send_at=at)
