"""Sign-in codes by text message: once per request, tried again while fresh, never in a log."""

import logging
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from shouhou.accounts.models import Buyer
from shouhou.accounts.ports import CodeToSend
from shouhou.notifications import tasks
from shouhou.notifications.actions import send_sign_in_code
from shouhou.notifications.channels.sms.fake.server import FakeGatewayServer
from shouhou.notifications.channels.sms.outbox import Outbox

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)


@pytest.fixture
def gateway(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    server = FakeGatewayServer(0)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    settings.SMS_URL = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setattr(tasks, "now", lambda: NOW)
    yield settings.SMS_URL
    server.shutdown()
    server.server_close()


@pytest.fixture
def job() -> dict[str, Any]:
    buyer = Buyer.objects.create(external_id="u1", phone="13800000001")
    send_sign_in_code(CodeToSend(buyer.id, buyer.phone, "135790", "zh-hans", NOW))
    return dict(ProcrastinateJob.objects.get(task_name="notifications.code").args)


def messages(gateway: str) -> list[dict[str, Any]]:
    return list(httpx.get(f"{gateway}/_messages", trust_env=False).json())


def behave(gateway: str, *calls: str) -> None:
    httpx.post(f"{gateway}/_behave", json={"calls": calls}, trust_env=False)


def test_a_code_reaches_the_phone_by_a_job(gateway: str, job: dict[str, Any]) -> None:
    tasks.code(**job)
    assert [(one["phone"], "135790" in one["text"]) for one in messages(gateway)] == [("13800000001", True)]


def test_the_phone_is_not_in_the_queue(job: dict[str, Any]) -> None:
    assert "13800000001" not in str(job)


@pytest.mark.parametrize("manner", ["lost_answer", "error", "closed"])
def test_a_failure_is_tried_again_by_a_new_job_as_the_same_message(
    gateway: str, job: dict[str, Any], manner: str, caplog: pytest.LogCaptureFixture
) -> None:
    behave(gateway, manner)
    with caplog.at_level(logging.DEBUG, logger="shouhou"):
        tasks.code(**job)
    again = ProcrastinateJob.objects.filter(task_name="notifications.code").latest("id")
    assert again.args["tries"] == 1
    assert "135790" not in caplog.text
    tasks.code(**again.args)
    assert len(messages(gateway)) == 1


def test_a_stale_code_is_not_sent_any_more(gateway: str, job: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "now", lambda: NOW + timedelta(minutes=10, seconds=1))
    tasks.code(**job)
    assert messages(gateway) == []


def test_an_erased_buyer_gets_no_code(gateway: str, job: dict[str, Any]) -> None:
    Buyer.objects.update(erased_at=NOW)
    tasks.code(**job)
    assert messages(gateway) == []


def test_without_a_gateway_messages_are_files_for_their_owner_only(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "sms")
    outbox.send(phone="13800000001", text="码", key="k")
    outbox.send(phone="13800000001", text="码", key="k")
    files = list((tmp_path / "sms").iterdir())
    assert len(files) == 1
    assert files[0].read_text(encoding="utf-8") == "13800000001\n码\n"
    assert files[0].stat().st_mode & 0o077 == 0
