"""A notice that left the house, the call that followed when it did not arrive, and the link in a mail that switches a kind off."""

from datetime import datetime
from urllib.parse import urlsplit

from shouhou.accounts.models import Buyer
from shouhou.cases.models import Case
from shouhou.notifications.actions.laying import About, Words, outward
from shouhou.notifications.models import CallTask, Notice
from shouhou.notifications.readers import buyer_reader
from shouhou.notifications.unsubscribe import off_link


def notice_corner(number: str, *, now: datetime) -> tuple[str, str, str]:
    """Of a case that was told to its buyer: the notice, the call and the link's path."""
    case = Case.objects.get(number=number)
    sent = Notice.objects.filter(subject=number, buyer_id=case.buyer_id).exclude(channel="site").order_by("id")[0]
    what = About(sent.event_seq, sent.event_type, number, case, sent.status, sent.due_at)
    words, reader = Words(sent.title, sent.body, sent.short), buyer_reader(Buyer.objects.get(pk=case.buyer_id))
    outward(what, reader, words, template=sent.template, channel="call", now=now, falls_from=sent)
    followed = Notice.objects.get(event_seq=sent.event_seq, recipient=sent.recipient, channel="call")
    mail = Notice(buyer_id=case.buyer_id, template="survey", channel="email")
    return str(sent.pk), str(CallTask.objects.get(notice=followed).pk), urlsplit(off_link(mail)).path
