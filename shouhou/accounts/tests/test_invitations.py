"""Invitations: one account per link, a week long, from within one's own reach, and silent about everybody else."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.admin.models import LogEntry

from shouhou.accounts import ports
from shouhou.accounts.invitations import (
    Wish,
    accept_invitation,
    invitations_of,
    invite,
    link_of,
    renew_invitation,
    revoke_invitation,
)
from shouhou.accounts.models import Invitation, Organisation, User
from shouhou.accounts.staffing import change_staff
from shouhou.foundation.refusals import Refused
from shouhou.plumbing.actor import Actor

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, tzinfo=UTC)
WISH = Wish(email="xin@example.com", role="merchant_operator", organisation="qinglan", name="新人甲")


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    box: list[tuple[int, int]] = []
    monkeypatch.setattr(ports, "send_invitation", lambda key, turn: box.append((key, turn)))
    return box


@pytest.fixture
def manager() -> Actor:
    for code in ("qinglan", "other"):
        house = Organisation.objects.create(code=code, name=code, kind="merchant")
        User.objects.create(username=f"boss-{code}", role="merchant_manager", organisation=house, last_name="店长")
    return Actor(role="merchant_manager", who=f"user:{User.objects.get(username='boss-qinglan').pk}", merchant_id=1)


@pytest.fixture
def chief(manager: Actor) -> Actor:
    house = Organisation.objects.create(code="operator", name="平台", kind="operator")
    return Actor(role="operations", who=f"user:{User.objects.create(username='chief', role='operations', organisation=house).pk}")


def token_of(invitation: Invitation) -> str:
    return link_of(invitation).rstrip("/").rpartition("/")[2]


def accept(token: str, *, username: str = "xin", now: datetime = NOW) -> User:
    return accept_invitation(token, username=username, name="新人甲", password="a-long-password", now=now)


def refused(code: str, token: str, *, now: datetime = NOW) -> None:
    people = User.objects.count()
    with pytest.raises(Refused, match=code):
        accept(token, now=now)
    assert User.objects.count() == people


def test_a_link_makes_one_account_with_what_was_offered(manager: Actor, sent: list[tuple[int, int]]) -> None:
    invitation = invite(WISH, actor=manager, now=NOW)
    user = accept(token_of(invitation))
    assert (user.role, user.email, user.password_temporary) == ("merchant_operator", "xin@example.com", False)
    assert user.organisation == invitation.organisation
    assert user.check_password("a-long-password")
    assert sent == [(invitation.pk, 1)]
    refused("INVITATION_USED", token_of(invitation))
    assert list(LogEntry.objects.order_by("pk").values_list("object_id", "object_repr")) == [
        ("staff.invited", "xin@example.com"), ("staff.joined", "xin"),
    ]  # fmt: skip


def test_a_link_ends_after_a_week_and_a_new_one_ends_the_old(manager: Actor, sent: list[tuple[int, int]]) -> None:
    first = token_of(invite(WISH, actor=manager, now=NOW))
    refused("INVITATION_EXPIRED", first, now=NOW + timedelta(days=7))
    late = NOW + timedelta(days=8)
    second = token_of(renew_invitation(Invitation.objects.get().pk, actor=manager, now=late))
    refused("INVITATION_REVOKED", first, now=late)
    assert accept(second, now=late + timedelta(days=6)).username == "xin"
    assert [turn for _, turn in sent] == [1, 2]


def test_asking_the_same_address_again_is_the_same_invitation_anew(manager: Actor) -> None:
    first = token_of(invite(WISH, actor=manager, now=NOW))
    again = Wish(email="XIN@example.com", role="merchant_manager", organisation="qinglan")
    second = token_of(invite(again, actor=manager, now=NOW))
    refused("INVITATION_REVOKED", first)
    assert accept(second).role == "merchant_manager"
    assert Invitation.objects.count() == 1


def test_a_revoked_link_is_dead_at_once_and_cannot_be_revived(manager: Actor) -> None:
    invitation = invite(WISH, actor=manager, now=NOW)
    revoke_invitation(invitation.pk, actor=manager, now=NOW)
    refused("INVITATION_REVOKED", token_of(invitation))
    for act in (revoke_invitation, renew_invitation):
        with pytest.raises(Refused, match="NOT_FOUND"):
            act(invitation.pk, actor=manager, now=NOW)
    assert not invitations_of(None).exists()


@pytest.mark.parametrize("token", ["x", "1-1", "1-1:forged", "999-1:AAAA", ":", "-"])
def test_a_forged_link_is_nothing(manager: Actor, token: str) -> None:
    invite(WISH, actor=manager, now=NOW)
    refused("NOT_FOUND", token)


def test_another_shop_invites_nobody_here_and_touches_no_invitation(manager: Actor) -> None:
    invitation = invite(WISH, actor=manager, now=NOW)
    other = Actor(role="merchant_manager", who=f"user:{User.objects.get(username='boss-other').pk}", merchant_id=2)
    with pytest.raises(Refused, match="NOT_FOUND"):
        invite(WISH, actor=other, now=NOW)
    for act in (revoke_invitation, renew_invitation):
        with pytest.raises(Refused, match="NOT_FOUND"):
            act(invitation.pk, actor=other, now=NOW)
    invitation.refresh_from_db()
    assert (invitation.revoked_at, invitation.round) == (None, 1)


def test_whether_an_address_works_elsewhere_is_not_told(manager: Actor, chief: Actor, sent: list[tuple[int, int]]) -> None:
    User.objects.filter(username="chief").update(email="xin@example.com")
    assert invite(WISH, actor=manager, now=NOW).round == 1
    User.objects.filter(username="boss-qinglan").update(email="boss@example.com")
    with pytest.raises(Refused, match="ALREADY_HERE"):
        invite(Wish("BOSS@example.com", "merchant_operator", "qinglan"), actor=manager, now=NOW)
    assert len(sent) == 1


def test_somebody_who_is_switched_off_or_gets_another_role_has_invited_nobody(manager: Actor, chief: Actor) -> None:
    invitation = invite(WISH, actor=manager, now=NOW)
    boss = User.objects.get(username="boss-qinglan")
    change_staff(boss.pk, active=False, actor=chief, now=NOW)
    refused("INVITATION_REVOKED", token_of(invitation))


def test_one_person_does_not_flood_mailboxes(chief: Actor, sent: list[tuple[int, int]]) -> None:
    invitation = invite(Wish("a@example.com", "agent", "operator"), actor=chief, now=NOW)
    for _ in range(59):
        renew_invitation(invitation.pk, actor=chief, now=NOW)
    with pytest.raises(Refused, match="RATE_LIMITED"):
        renew_invitation(invitation.pk, actor=chief, now=NOW)
    assert len(sent) == 60
