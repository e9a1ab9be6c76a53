"""Whom somebody may employ: operations of the house everybody, a shop's manager the people of that shop."""

from dataclasses import dataclass

from shouhou.accounts.models import ROLES, Organisation, User
from shouhou.foundation.refusals import FORBIDDEN, NOT_FOUND, refusal, refused
from shouhou.plumbing.actor import Actor

TEAM_ROLES = ("merchant_operator", "merchant_manager")
ROLE_OUTSIDE = refusal(
    "ROLE_OUTSIDE", "invalid",
    zh="商家角色只能归属商家组织，其他角色只能归属平台或伙伴组织。",
    en="Merchant roles belong to a merchant's organisation, all others to the platform's or a partner's.",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reach:
    """`house` None is every organisation; otherwise only this one, and of it only the shop's two roles."""

    house: Organisation | None

    def organisation(self, code: str, *, role: str) -> Organisation:
        """Where somebody of this role may belong. Raises NOT_FOUND (also out of reach), ROLE_OUTSIDE."""
        found = Organisation.objects.filter(code=code).first()
        if found is None or role not in ROLES or (self.house is not None and found.pk != self.house.pk):
            raise refused(NOT_FOUND)
        if (found.kind == "merchant") != (role in TEAM_ROLES):
            raise refused(ROLE_OUTSIDE)
        return found

    def member(self, user_id: int) -> User:
        """A person within reach, locked; an administrator's row is changed at /admin only. Raises NOT_FOUND, FORBIDDEN.

        Their organisation is read after the lock: one joined before the wait would be none, had it changed meanwhile.
        """
        people = User.objects.select_for_update(of=("self",)).filter(pk=user_id)
        if self.house is not None:
            people = people.filter(organisation=self.house, role__in=TEAM_ROLES, is_superuser=False)
        found = people.first()
        if found is None:
            raise refused(NOT_FOUND)
        if found.is_superuser:
            raise refused(FORBIDDEN)
        return found


def reach_of(actor: Actor) -> Reach:
    """Inside a transaction: a manager's shop is locked, for they may have been switched off a moment ago. Raises FORBIDDEN."""
    if actor.role == "operations" and actor.merchant_id is None:
        return Reach(None)
    key = actor.who.removeprefix("user:")
    if actor.role != "merchant_manager" or actor.merchant_id is None or not key.isdigit():
        raise refused(FORBIDDEN)
    house = Organisation.objects.select_for_update(of=("self",)).filter(user__pk=int(key), kind="merchant").first()
    # Read after the lock: two managers who switch each other off at once do not both succeed.
    if house is None or not User.objects.filter(pk=int(key), organisation=house, is_active=True, role="merchant_manager").exists():
        raise refused(FORBIDDEN)
    return Reach(house)
