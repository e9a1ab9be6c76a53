"""One way to make and change people, from the platform and from a shop, and never beyond one's own reach."""

from datetime import UTC, datetime

import pytest
from django.contrib.admin.models import LogEntry

from shouhou.accounts.models import Organisation, User
from shouhou.accounts.staffing import Person, change_staff, hire, renew_password
from shouhou.foundation.refusals import Refused
from shouhou.plumbing.actor import Actor

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture
def houses() -> None:
    for code, kind in (("operator", "operator"), ("qinglan", "merchant"), ("other", "merchant")):
        Organisation.objects.create(code=code, name=code, kind=kind)


def employ(username: str, role: str, organisation: str) -> User:
    house = Organisation.objects.get(code=organisation)
    return User.objects.create(username=username, role=role, organisation=house, password="old")


@pytest.fixture
def chief(houses: None) -> Actor:
    return Actor(role="operations", who=f"user:{employ('chief', 'operations', 'operator').pk}")


@pytest.fixture
def manager(houses: None) -> Actor:
    return Actor(role="merchant_manager", who=f"user:{employ('boss', 'merchant_manager', 'qinglan').pk}", merchant_id=1)


def person(**changes: str) -> Person:
    usual = {"username": "xin", "name": "新人甲", "email": "xin@example.com", "role": "merchant_operator", "organisation": "qinglan"}
    return Person(**{**usual, **changes})


@pytest.mark.parametrize("by", ["chief", "manager"])
def test_both_hire_in_the_same_way_with_a_password_that_is_not_to_stay(by: str, request: pytest.FixtureRequest) -> None:
    actor = request.getfixturevalue(by)
    hired = hire(person(language="en"), actor=actor, now=NOW)
    user = User.objects.get(pk=hired.user_id)
    assert (user.get_full_name(), user.language, user.password_temporary) == ("新人甲", "en", True)
    assert user.check_password(hired.password)
    assert list(LogEntry.objects.values_list("object_id", "object_repr", "change_message")) == [
        ("staff.created", "xin", "merchant_operator · qinglan")
    ]


@pytest.mark.parametrize("wish", [{"organisation": "other"}, {"organisation": "operator", "role": "agent"}, {"organisation": "nowhere"}])
def test_a_manager_hires_into_no_other_house(manager: Actor, wish: dict[str, str]) -> None:
    with pytest.raises(Refused, match="NOT_FOUND"):
        hire(person(**wish), actor=manager, now=NOW)
    assert User.objects.count() == 1


@pytest.mark.parametrize("role", ["agent", "operations"])
def test_a_manager_gives_no_role_of_the_house(manager: Actor, role: str) -> None:
    colleague = employ("op", "merchant_operator", "qinglan")
    with pytest.raises(Refused, match="ROLE_OUTSIDE"):
        change_staff(colleague.pk, role=role, actor=manager, now=NOW)
    with pytest.raises(Refused, match="ROLE_OUTSIDE"):
        hire(person(role=role), actor=manager, now=NOW)
    colleague.refresh_from_db()
    assert (colleague.role, User.objects.count()) == ("merchant_operator", 2)


def test_a_manager_who_was_switched_off_a_moment_ago_changes_nobody(manager: Actor) -> None:
    colleague = employ("op", "merchant_operator", "qinglan")
    User.objects.filter(username="boss").update(is_active=False)
    with pytest.raises(Refused, match="FORBIDDEN"):
        change_staff(colleague.pk, active=False, actor=manager, now=NOW)
    colleague.refresh_from_db()
    assert colleague.is_active


@pytest.mark.parametrize("role", ["supervisor", "auditor", "agent", "merchant_operator"])
def test_nobody_else_keeps_people(houses: None, role: str) -> None:
    me = employ("me", role, "qinglan" if role.startswith("merchant") else "operator")
    other = employ("op", "merchant_operator", "qinglan")
    actor = Actor(role=role, who=f"user:{me.pk}", merchant_id=1 if role.startswith("merchant") else None)  # type: ignore[arg-type]
    for act in (
        lambda: hire(person(), actor=actor, now=NOW),
        lambda: change_staff(other.pk, active=False, actor=actor, now=NOW),
        lambda: renew_password(other.pk, actor=actor, now=NOW),
    ):
        with pytest.raises(Refused, match="FORBIDDEN"):
            act()
    other.refresh_from_db()
    assert (other.is_active, other.password, User.objects.count()) == (True, "old", 2)


def test_an_administrator_is_changed_at_the_admin_only(chief: Actor) -> None:
    root = employ("root", "operations", "operator")
    User.objects.filter(pk=root.pk).update(is_superuser=True)
    with pytest.raises(Refused, match="FORBIDDEN"):
        renew_password(root.pk, actor=chief, now=NOW)
    root.refresh_from_db()
    assert root.password == "old"


def test_a_name_is_taken_whatever_the_case_of_its_letters(chief: Actor) -> None:
    with pytest.raises(Refused, match="USERNAME_TAKEN"):
        hire(person(username="CHIEF"), actor=chief, now=NOW)
    assert User.objects.count() == 1


def test_a_change_that_changes_nothing_ends_no_session(chief: Actor) -> None:
    agent = employ("op", "agent", "operator")
    change_staff(agent.pk, role="agent", organisation="operator", active=True, actor=chief, now=NOW)
    agent.refresh_from_db()
    assert (agent.session_round, LogEntry.objects.count()) == (0, 0)
    change_staff(agent.pk, role="reviewer", active=False, actor=chief, now=NOW)
    agent.refresh_from_db()
    assert (agent.role, agent.is_active, agent.session_round) == ("reviewer", False, 1)
    assert set(LogEntry.objects.values_list("object_id", flat=True)) == {"staff.role_changed", "staff.switched_off"}
