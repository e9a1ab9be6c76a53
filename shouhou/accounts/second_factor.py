"""The second factor: which roles need one, who still has to set it up."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q

from shouhou.accounts.models import ROLES, SignInRule, User
from shouhou.foundation.refusals import FORBIDDEN, NOT_FOUND, refused
from shouhou.plumbing import audit
from shouhou.plumbing.actor import Actor
from shouhou.plumbing.events import event_type, publish

MAY_RULE = frozenset({"operations", "system"})
RULE_CHANGED = event_type(
    "sign_in.rule_changed", zh="角色的登录规则已更改", en="what a role needs to sign in was changed",
    totp_required="whether a second factor is needed", by="who changed it",
)  # fmt: skip


def require_totp(role: str, *, required: bool, actor: Actor, now: datetime) -> None:
    """Everyone of the role sets up an authenticator app before they go on, or need not. Raises FORBIDDEN, NOT_FOUND."""
    if actor.role not in MAY_RULE:
        raise refused(FORBIDDEN)
    if role not in ROLES:
        raise refused(NOT_FOUND)
    with transaction.atomic():
        given = {"totp_required": required, "changed_by": actor.who[:40], "changed_at": now}
        SignInRule.objects.update_or_create(role=role, defaults=given)
        audit.note(actor, what="sign_in.rule_changed", subject=role, detail=f"totp_required={required}", now=now)
        publish(RULE_CHANGED, subject=role, now=now, data={"totp_required": required, "by": actor.who})


def remove_second_factor(user_id: int, *, actor: Actor, now: datetime) -> None:
    """For somebody who has lost phone and recovery codes: the password alone lets them in, once more to set up an app.

    Raises Refused: FORBIDDEN (also for oneself: that takes the password, on one's own page), NOT_FOUND.
    """
    if actor.role not in MAY_RULE or actor.who == f"user:{user_id}":
        raise refused(FORBIDDEN)
    with transaction.atomic():
        user = User.objects.select_for_update().filter(pk=user_id).first()
        if user is None or not Authenticator.objects.filter(user=user).delete()[0]:
            raise refused(NOT_FOUND)
        audit.note(actor, what="sign_in.second_factor_removed", subject=user.username, detail="", now=now)


def roles_needing_totp() -> frozenset[str]:
    """The roles that need a second factor."""
    return frozenset(SignInRule.objects.filter(totp_required=True).values_list("role", flat=True))


def people_and_factors() -> dict[str, tuple[int, int]]:
    """How many people of each role work here, and how many of them have an authenticator app."""
    kinds = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
    rows = (
        User.objects.filter(is_active=True).annotate(has=Exists(kinds)).values("role")
        .annotate(people=Count("pk"), enrolled=Count("pk", filter=Q(has=True))).order_by("role")
    )  # fmt: skip
    return {row["role"]: (row["people"], row["enrolled"]) for row in rows}


def must_enrol(user: User) -> bool:
    """Whether this person's role needs a second factor and they have none yet."""
    if not SignInRule.objects.filter(role=user.role, totp_required=True).exists():
        return False
    return not has_totp(user)


def has_totp(user: User) -> bool:
    """Whether an authenticator app is set up."""
    return bool(Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists())
