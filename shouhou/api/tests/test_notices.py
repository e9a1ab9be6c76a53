"""Notices over HTTP: what a buyer was told and wants; what left the house, for the house alone; sent anew once."""

import pytest
from django.core import mail

from shouhou.accounts.models import Buyer
from shouhou.api.tests.conftest import Api, body
from shouhou.notifications import actions
from shouhou.notifications.models import Notice, Preference
from shouhou.notifications.tests.test_notices import tell_all
from shouhou.plumbing import clock
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(api: Api) -> Notice:
    """A mail that was sent to the buyer of an application."""
    world = World(now=clock.now())
    world.apply(world.order())
    Buyer.objects.update(email="lin@shop.example")
    tell_all(world.now)
    notice = Notice.objects.filter(channel="email", buyer_id__isnull=False).latest("id")
    assert actions.deliver(notice.pk, now=world.now)
    notice.refresh_from_db()
    return notice


def test_a_buyers_wishes_are_set_at_once_and_read_by_themselves_and_the_shop(api: Api, sent: Notice) -> None:
    wish = {"first": "email", "off": ["survey:email", "progress:sms"]}
    answer = body(api.put("notices/preferences", {**wish, "buyer": "u1"}))
    assert (answer["first"], answer["off"], answer["language"]) == ("email", ["progress:sms", "survey:email"], "")
    assert body(api.get("notices/preferences?buyer=u1"))["off"] == answer["off"]
    kinds = {each["kind"]: each for each in answer["kinds"]}
    assert kinds["money"]["must"]
    assert "money:site" not in kinds["money"]["channels"]
    assert body(api.get("notices/preferences", role="stranger_buyer"))["off"] == []


@pytest.mark.parametrize(
    ("off", "code"),
    [(["money:sms", "money:email"], "NOTICE_MUST"), (["money:site"], "NOTICE_MUST"), (["turn:email"], "NOTICE_UNKNOWN"),
     (["survey:pigeon"], "NOTICE_UNKNOWN"), (["SURVEY"], "INVALID_INPUT")],
)  # fmt: skip
def test_what_must_stay_and_what_there_is_not_changes_nothing(api: Api, sent: Notice, off: list[str], code: str) -> None:
    answer = api.put("notices/preferences", {"buyer": "u1", "off": off})
    assert (answer.status_code, body(answer)["code"]) == (422, code)
    assert not Preference.objects.exists()


def test_what_a_buyer_was_told_is_theirs(api: Api, sent: Notice) -> None:
    listed = body(api.get("notices?buyer=u1&limit=1"))
    assert listed["items"][0]["number"] == sent.subject
    assert body(api.get("notices", role="stranger_buyer"))["items"] == []
    assert api.get("notices?buyer=nobody").status_code == 404
    assert api.get("notices", role="merchant_manager").status_code == 403


def test_deliveries_are_the_houses_and_masked(api: Api, sent: Notice) -> None:
    for role in ("consumer", "merchant_manager", "agent", "shop"):
        assert api.get("notices/deliveries", role=role).status_code == 403
        assert api.get(f"notices/deliveries/{sent.pk}", role=role).status_code == 403
    listed = body(api.get(f"notices/deliveries?about={sent.subject}&channel=email&state=sent", role="operations"))["items"]
    assert [each["number"] for each in listed] == [sent.pk]
    assert "lin@shop.example" not in str(listed)
    assert body(api.get("notices/deliveries?state=failed", role="auditor"))["items"] == []
    told = body(api.get(f"notices/deliveries/{sent.pk}", role="supervisor"))
    assert ([each["what"] for each in told["steps"]], told["may_resend"]) == (["queued", "sent"], True)
    assert api.get("notices/deliveries/999999", role="operations").status_code == 404


def test_sent_anew_once_with_a_reason_and_the_same_key_is_the_same_answer(api: Api, sent: Notice) -> None:
    path, wish = f"notices/deliveries/{sent.pk}/resend", {"reason": "消费者说没有收到"}
    assert api.post(path, wish, role="auditor").status_code == 403
    assert api.post(path, {"reason": " "}, role="operations").status_code == 422
    first = api.post(path, wish, role="operations", headers={"Idempotency-Key": "k1"})
    again = api.post(path, wish, role="operations", headers={"Idempotency-Key": "k1"})
    assert (first.status_code, body(first)) == (201, body(again))
    assert body(first)["again_of"] == sent.pk
    refused = api.post(path, wish, role="operations")
    assert (refused.status_code, body(refused)["code"]) == (409, "NOTICE_NOT_AGAIN")
    assert Notice.objects.filter(again_of=sent).count() == 1
    before = len(mail.outbox)
    assert actions.deliver(body(first)["number"], now=clock.now())
    assert mail.outbox[before].subject == sent.title
