"""What others announce and plans act on."""

from shouhou.plans.actions import release_claims, use_claims
from shouhou.plumbing.events import Announced


def repair_ended(event: Announced) -> None:
    """A work order is over: what its plan was to pay for was done, or it was not."""
    if event.data.get("result") == "repaired":
        use_claims(event.subject, now=event.at)
    else:
        release_claims(event.subject, now=event.at)
