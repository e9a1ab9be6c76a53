"""What this room hears of a case in its own transaction: a complaint that nobody owns is given to whoever is on duty (CMP-01)."""

from shouhou.accounts.models import User
from shouhou.cases.actions import give_to
from shouhou.plumbing.events import Announced, publish
from shouhou.sla import ports
from shouhou.sla.events import COMPLAINT_UNOWNED


def case_moved(event: Announced) -> None:
    """The limit has passed: the person with the fewest open cases among those on duty owns it now; those who oversee are told."""
    if event.data.get("move") != "note_unowned":
        return
    owner = next((key for key in ports.on_duty(event.at) if give_to(event.subject, key, now=event.at)), None)
    name = User.objects.get(pk=owner).get_full_name() if owner else ""
    publish(COMPLAINT_UNOWNED, subject=event.subject, now=event.at, data={"number": event.subject, "owner": name})
