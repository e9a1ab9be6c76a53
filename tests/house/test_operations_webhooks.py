"""Operations see webhooks that were given up, and deliver them again: pages and webhooks meet only in the wiring."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from shouhou.accounts.models import Organisation, User
from shouhou.api.webhooks.models import Delivery, WebhookEndpoint
from shouhou.foundation.refusals import Refused
from shouhou.plumbing.actor import Actor
from shouhou.web.operations import ports

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)


@pytest.fixture
def delivery() -> Delivery:
    endpoint = WebhookEndpoint.objects.create(client="key:1", url="https://shop.example/hook", secret="whsec_x", events=[])
    return Delivery.objects.create(
        endpoint=endpoint, seq=1, state="failed", attempts=11, last_status=503, last_error="Service Unavailable", last_at=NOW
    )


def operations() -> Client:
    house = Organisation.objects.create(code="house", name="House", kind="operator")
    client = Client()
    client.force_login(User.objects.create(username="ops", role="operations", organisation=house))
    return client


def test_a_webhook_that_was_given_up_is_shown_and_delivered_again_once(delivery: Delivery) -> None:
    client = operations()
    html = client.get("/operations/stuck/?kind=webhooks").content.decode()
    assert "https://shop.example/hook" in html
    assert "503 Service Unavailable" in html
    for _ in range(2):
        assert client.post(f"/operations/stuck/webhooks/{delivery.id}/again/", {"once": "k"}).status_code == 302
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("pending", 0)
    assert ProcrastinateJob.objects.filter(task_name="shouhou.api.tasks.deliver").count() == 1


@pytest.mark.parametrize("change", [{"state": "delivered"}, {"state": "pending"}])
def test_what_is_not_given_up_is_not_delivered_again(delivery: Delivery, change: dict[str, str]) -> None:
    Delivery.objects.update(**change)
    assert operations().post(f"/operations/stuck/webhooks/{delivery.id}/again/", {"once": "k"}).status_code == 409
    assert not ProcrastinateJob.objects.exists()


def test_an_endpoint_that_is_switched_off_and_an_unknown_delivery_are_refused(delivery: Delivery) -> None:
    WebhookEndpoint.objects.update(active=False)
    client = operations()
    assert client.post(f"/operations/stuck/webhooks/{delivery.id}/again/", {"once": "a"}).status_code == 409
    assert client.post("/operations/stuck/webhooks/999999/again/", {"once": "b"}).status_code == 404
    delivery.refresh_from_db()
    assert delivery.state == "failed"


def test_the_doctor_is_heard_on_the_overview() -> None:
    findings = ports.health(NOW)
    assert any(found.level == "ok" for found in findings)
    assert "PostgreSQL" in operations().get("/operations/").content.decode()


def test_a_shops_person_redelivers_nothing(delivery: Delivery) -> None:
    with pytest.raises(Refused, match="FORBIDDEN"):
        ports.redeliver(delivery.id, actor=Actor(role="operations", who="user:1", merchant_id=1), now=NOW)
    delivery.refresh_from_db()
    assert delivery.state == "failed"
