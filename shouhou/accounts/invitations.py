"""Staff asked by mail: one signed link per invitation, good once and for a week; whoever is asked sets name and password."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from shouhou.accounts import ports
from shouhou.accounts.models import Invitation, User
from shouhou.accounts.reach import Reach, reach_of
from shouhou.accounts.staffing import Person, make_person, require_room
from shouhou.foundation.refusals import NOT_FOUND, refusal, refused
from shouhou.plumbing import audit, ratelimit
from shouhou.plumbing.actor import Actor

VALID_DAYS = 7
MOST_PER_HOUR, HOUR = 60, 3600
SIGNER = Signer(salt="shouhou.invitation")
OPEN = {"accepted_at": None, "revoked_at": None}
ALREADY_HERE = refusal(
    "ALREADY_HERE", "conflict",
    zh="{organisation}已有使用这个邮箱的账号“{username}”，不必邀请。", en="“{username}” of {organisation} already uses this address.",
)  # fmt: skip
INVITATION_USED = refusal(
    "INVITATION_USED", "conflict",
    zh="这个邀请已经用过，账号已建好。请直接登录；忘记密码时可用邮箱重设。",
    en="This invitation was used and the account exists. Sign in; a forgotten password is set again by e-mail.",
)  # fmt: skip
INVITATION_REVOKED = refusal(
    "INVITATION_REVOKED", "conflict",
    zh="这个邀请已被撤回，或后来又发过一封新的邀请。请用最新的一封，或联系邀请您的人。",
    en="This invitation was withdrawn, or a newer one was sent. Use the newest mail, or ask whoever invited you.",
)  # fmt: skip
INVITATION_EXPIRED = refusal(
    "INVITATION_EXPIRED", "conflict",
    zh="这个邀请已过期（{days} 天内有效）。请联系邀请您的人重新发送。",
    en="This invitation has expired: it was good for {days} days. Ask whoever invited you to send it again.",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wish:
    """Who is to be asked; `organisation` is the code of one within the reach of whoever asks."""

    email: str
    role: str
    organisation: str
    name: str = ""
    language: str = "zh-hans"


@transaction.atomic
def invite(wish: Wish, *, actor: Actor, now: datetime) -> Invitation:
    """Ask somebody by mail; asking the same address again sends a new link and ends the old one. Whether the address belongs
    to somebody of another organisation is neither looked up nor told.

    Raises Refused FORBIDDEN, NOT_FOUND, ROLE_OUTSIDE, ALREADY_HERE, TEAM_FULL, RATE_LIMITED.
    """
    reach = reach_of(actor)
    owner = reach.organisation(wish.organisation, role=wish.role)
    here = User.objects.filter(organisation=owner, email__iexact=wish.email, is_active=True).first()
    if here is not None:
        raise refused(ALREADY_HERE, organisation=owner.name, username=here.username)
    open_one = Invitation.objects.select_for_update().filter(organisation=owner, email__iexact=wish.email, **OPEN).first()
    if open_one is None:
        require_room(owner)
    found = open_one or Invitation(organisation=owner, email=wish.email, round=0)
    found.role, found.name, found.language = wish.role, wish.name, wish.language
    _send(found, actor=actor, now=now)
    audit.note(actor, what="staff.invited", subject=found.email, detail=f"{found.role} · {owner.code}", now=now)
    return found


@transaction.atomic
def renew_invitation(invitation_id: int, *, actor: Actor, now: datetime) -> Invitation:
    """A new mail with a new link and a new week; the old link ends. Raises Refused FORBIDDEN, NOT_FOUND, RATE_LIMITED."""
    found = _within(reach_of(actor), invitation_id)
    _send(found, actor=actor, now=now)
    audit.note(actor, what="staff.invited_again", subject=found.email, detail=f"{found.role} · {found.organisation.code}", now=now)
    return found


@transaction.atomic
def revoke_invitation(invitation_id: int, *, actor: Actor, now: datetime) -> None:
    """The link ends at once. Raises Refused FORBIDDEN, NOT_FOUND (also when it was used or revoked meanwhile)."""
    found = _within(reach_of(actor), invitation_id)
    found.revoked_at = now
    found.save(update_fields=["revoked_at"])
    audit.note(actor, what="staff.invitation_revoked", subject=found.email, detail=found.organisation.code, now=now)


@transaction.atomic
def accept_invitation(token: str, *, username: str, name: str, password: str, now: datetime) -> User:
    """The invited person's account, once per invitation. Raises what read_invitation raises, and USERNAME_TAKEN."""
    found = read_invitation(token, now=now, locked=True)
    person = Person(username, name, found.email, found.role, found.organisation.code, found.language)
    user = make_person(person, found.organisation, password=password, temporary=False, now=now)
    found.accepted_at, found.user = now, user
    found.save(update_fields=["accepted_at", "user"])
    own = Actor(role=found.role, who=f"user:{user.pk}", name=name)  # type: ignore[arg-type]
    audit.note(own, what="staff.joined", subject=username, detail=f"{found.role} · {found.organisation.code}", now=now)
    return user


def read_invitation(token: str, *, now: datetime, locked: bool = False) -> Invitation:
    """What the link stands for. Raises Refused NOT_FOUND (never ours), INVITATION_USED, _REVOKED, _EXPIRED."""
    try:
        key, _, turn = SIGNER.unsign(token).partition("-")
    except BadSignature as forged:
        raise refused(NOT_FOUND) from forged
    rows = Invitation.objects.select_related("organisation", "invited_by")
    found = (rows.select_for_update(of=("self",)) if locked else rows).filter(pk=int(key)).first()
    if found is None:
        raise refused(NOT_FOUND)
    if found.accepted_at is not None:
        raise refused(INVITATION_USED)
    if found.revoked_at is not None or str(found.round) != turn:
        raise refused(INVITATION_REVOKED)
    if found.expires_at <= now:
        raise refused(INVITATION_EXPIRED, days=VALID_DAYS)
    return found


def link_of(invitation: Invitation) -> str:
    """Where the invited person begins; never from a request's own Host header."""
    token = SIGNER.sign(f"{invitation.pk}-{invitation.round}")
    return f"{settings.BASE_URL.rstrip('/')}{reverse('web:invited', args=[token])}"


def invitations_of(organisation_id: int | None) -> QuerySet[Invitation]:
    """What is open, of one organisation or (None) of all, the newest first; expired ones stay until renewed or revoked."""
    rows = Invitation.objects.select_related("organisation", "invited_by").filter(**OPEN).order_by("-invited_at", "-pk")
    return rows if organisation_id is None else rows.filter(organisation=organisation_id)


def _within(reach: Reach, invitation_id: int) -> Invitation:
    rows = Invitation.objects.select_for_update(of=("self",)).select_related("organisation").filter(pk=invitation_id, **OPEN)
    found = (rows if reach.house is None else rows.filter(organisation=reach.house)).first()
    if found is None:
        raise refused(NOT_FOUND)
    return found


def _send(invitation: Invitation, *, actor: Actor, now: datetime) -> None:
    """The next round of an invitation, by whoever sends it now. Raises Refused RATE_LIMITED."""
    ratelimit.take(f"invite:{actor.who}", most=MOST_PER_HOUR, per_seconds=HOUR, now=now)
    invitation.round += 1
    invitation.invited_by_id = int(actor.who.removeprefix("user:"))
    invitation.invited_at, invitation.expires_at = now, now + timedelta(days=VALID_DAYS)
    invitation.save()
    ports.send_invitation(invitation.pk, invitation.round)
