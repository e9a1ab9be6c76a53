"""A buyer's browsers: listed, ended one by one or all, and gone with the buyer."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore

from shouhou.accounts.erasure import erase_buyer
from shouhou.accounts.models import Buyer, BuyerSession
from shouhou.accounts.sessions import Door, end_other_sessions, end_session, forget_sessions, note_session, sessions_of
from shouhou.foundation.refusals import Refused
from shouhou.plumbing.actor import Actor

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture
def lin() -> Buyer:
    return Buyer.objects.create(external_id="u1", name="林一")


def browser(buyer: Buyer, *, name: str = "Firefox/140", hours: int = 0) -> str:
    """A browser in which the buyer is signed in; its session key."""
    store = SessionStore()
    store["buyer_id"] = buyer.pk
    store.save()
    assert store.session_key
    note_session(buyer, session_key=store.session_key, address="1.1.1.1", browser=name, now=NOW + timedelta(hours=hours))
    return store.session_key


def names(buyer: Buyer, here: str) -> list[tuple[str, bool]]:
    return [(each.browser, each.here) for each in sessions_of(Door(buyer.pk), here=here, now=NOW)]


def test_this_browser_stands_first_then_the_latest(lin: Buyer) -> None:
    here = browser(lin, name="here")
    browser(lin, name="old", hours=1)
    browser(lin, name="new", hours=2)
    assert names(lin, here) == [("here", True), ("new", False), ("old", False)]


def test_an_ended_session_is_nobodys_and_strangers_end_none(lin: Buyer) -> None:
    here, there = browser(lin, name="here"), browser(lin, name="there")
    key = BuyerSession.objects.get(session_key=there).pk
    other = Buyer.objects.create(external_id="u2")
    with pytest.raises(Refused, match="NOT_FOUND"):
        end_session(key, door=Door(other.pk))
    assert SessionStore(there).exists(there)
    end_session(key, door=Door(lin.pk))
    assert not SessionStore(there).exists(there)
    assert names(lin, here) == [("here", True)]


def test_signing_out_elsewhere_leaves_this_browser_and_other_people_alone(lin: Buyer) -> None:
    here, there = browser(lin, name="here"), browser(lin)
    other = browser(Buyer.objects.create(external_id="u2"))
    assert end_other_sessions(Door(lin.pk), here=here) == 1
    assert [SessionStore(key).exists(key) for key in (here, there, other)] == [True, False, True]


def test_an_erased_buyer_is_signed_out_everywhere_and_no_address_stays(lin: Buyer) -> None:
    there = browser(lin)
    assert erase_buyer("u1", actor=Actor(role="operations", who="user:1"), now=NOW)["sessions"] == 1
    assert (SessionStore(there).exists(there), BuyerSession.objects.count()) == (False, 0)


def test_browsers_that_never_came_back_are_forgotten_after_a_month(lin: Buyer) -> None:
    browser(lin)
    assert forget_sessions(now=NOW + timedelta(days=29)) == 0
    assert forget_sessions(now=NOW + timedelta(days=31)) == 1
