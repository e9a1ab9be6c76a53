"""A mail that comes back: believed with its signature only, counted once, and followed by the next channel (RFC 3464)."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from shouhou.accounts.models import Buyer
from shouhou.foundation.refusals import Refused
from shouhou.notifications import actions
from shouhou.notifications.channels.mail.bounces import bounce_of
from shouhou.notifications.channels.mail.fake.server import FakeMailServer, status_report
from shouhou.notifications.models import Notice
from shouhou.notifications.tests.test_chains import chain
from shouhou.notifications.tests.test_notices import tell_all
from shouhou.notifications.tests.test_text_messages import _applied
from shouhou.plumbing import clock
from shouhou.plumbing.callbacks import ID_HEADER, SIGNATURE_HEADER, signature
from tests.world import World

SECRET = "m" * 32


@pytest.fixture
def world(db: None) -> World:
    """Of today: the callback has its own clock, and what is over by then is not said any more."""
    return World(now=clock.now())


def fate(of: Notice) -> list[tuple[str, str]]:
    """As `chain`; at night a text message is held."""
    return [(channel, "queued" if state == "held" else state) for channel, state in chain(of)]


@pytest.fixture
def post(settings: Any) -> Iterator[FakeMailServer]:
    server = FakeMailServer(0, secret=SECRET, report_seconds=0.05)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.server_address[1]
    settings.MAIL_CALLBACK_SECRET, settings.BASE_URL = SECRET, "https://shop.example"
    yield server
    server.shutdown()
    server.server_close()


def mailed(world: World, address: str) -> Notice:
    """Evidence is asked for, and this buyer wants mails first."""
    number = _applied(world)
    Buyer.objects.update(email=address)
    actions.prefer(language="", first="email", off=(), now=world.now, buyer_id=Buyer.objects.get().pk)
    world.move(number, "ask_evidence", actor=world.staff("reviewer"), what="故障视频")
    tell_all(world.now)
    return Notice.objects.get(channel="email", template="evidence_asked")


def hand_on(client: Any, body: bytes, *, secret: str = SECRET, said: bytes | None = None) -> int:
    headers = {ID_HEADER: "b1", SIGNATURE_HEADER: signature(secret, "b1", said or body)}
    return int(client.post("/api/v1/callbacks/mail", body, content_type="message/rfc822", headers=headers).status_code)


def test_a_mail_comes_back_by_itself_and_a_text_message_follows(world: World, post: FakeMailServer, live_server: LiveServer) -> None:
    post.callback = f"{live_server.url}/api/v1/callbacks/mail"
    notice = mailed(world, "nobody@shop.example")
    assert actions.deliver(notice.id, now=world.now)
    until = time.monotonic() + 10
    while fate(notice)[0][1] == "sent" and time.monotonic() < until:
        time.sleep(0.05)
    assert fate(notice) == [("email", "undelivered"), ("sms", "queued")]
    notice.refresh_from_db()
    assert notice.trouble == "5.1.1 550 no such user"


def test_a_bounce_counts_once_and_only_with_its_signature(world: World, post: FakeMailServer, client: Any) -> None:
    notice = mailed(world, "lin@shop.example")
    actions.deliver(notice.id, now=world.now)
    [(readers, mail)] = post.messages
    assert readers == ["lin@shop.example"]
    body = status_report(mail, readers[0], "failed", "5.2.2", "552 mailbox full")
    assert hand_on(client, body, secret="another") == 401
    assert hand_on(client, body.replace(b"failed", b"delivered"), said=body) == 401
    assert fate(notice) == [("email", "sent")]
    assert [hand_on(client, body), hand_on(client, body)] == [200, 200]
    assert fate(notice) == [("email", "undelivered"), ("sms", "queued")]


def test_a_delay_is_noted_once_and_nothing_follows(world: World, post: FakeMailServer, client: Any) -> None:
    notice = mailed(world, "lin@shop.example")
    actions.deliver(notice.id, now=world.now)
    body = status_report(post.messages[0][1], "lin@shop.example", "delayed", "4.4.1", "no answer from host")
    assert [hand_on(client, body), hand_on(client, body)] == [200, 200]
    notice.refresh_from_db()
    assert fate(notice) == [("email", "sent")]
    assert [each["detail"] for each in notice.steps if each["what"] == "delayed"] == ["4.4.1 no answer from host"]


def test_a_report_of_arrival_after_a_bounce_calls_off_what_has_not_left(world: World, post: FakeMailServer, client: Any) -> None:
    notice = mailed(world, "lin@shop.example")
    actions.deliver(notice.id, now=world.now)
    mail = post.messages[0][1]
    hand_on(client, status_report(mail, "lin@shop.example", "failed", "5.0.0", "first"))
    hand_on(client, status_report(mail, "lin@shop.example", "delivered", "2.0.0", "after all"))
    assert fate(notice) == [("email", "delivered"), ("sms", "skipped")]


def test_a_text_message_cannot_be_bounced_by_a_mail_server(world: World, post: FakeMailServer, client: Any) -> None:
    notice = mailed(world, "lin@shop.example")
    actions.deliver(notice.id, now=world.now)
    hand_on(client, status_report(post.messages[0][1], "lin@shop.example", "failed", "5.0.0", "x"))
    text = Notice.objects.get(channel="sms")
    forged = status_report(f"Message-ID: <notice-{text.id}@x>\n\n".encode(), "lin@shop.example", "failed", "5.0.0", "x")
    assert hand_on(client, forged) == 200
    text.refresh_from_db()
    assert text.state in ("queued", "held")


@pytest.mark.parametrize(
    "body", [b"", b"hello", b"\xff\x00\xfe", b"Content-Type: multipart/report\n\nno parts",
             b"Content-Type: multipart/report; boundary=x\n\n--x\n\nhi\n--x--\n"],
)  # fmt: skip
def test_what_is_no_report_is_refused_in_words(body: bytes) -> None:
    with pytest.raises(Refused) as refused:
        bounce_of(body)
    assert refused.value.code == "MAIL_CALLBACK_MALFORMED"


def test_the_original_may_come_back_whole_or_by_its_envelope(world: World) -> None:
    fields = b"--x\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; a\n%s\n"
    fields += b"Final-Recipient: rfc822; a@b.example\nAction: Failed\nStatus: 5.1.1\n\n"
    head = b'Content-Type: multipart/report; report-type=delivery-status; boundary="x"\n\n'
    whole = head + fields % b"" + b"--x\nContent-Type: message/rfc822\n\nMessage-ID: <notice-7@h>\nSubject: x\n\nbody\n--x--\n"
    by_envelope = head + fields % b"Original-Envelope-Id: notice-8@h\n" + b"--x--\n"
    assert [(bounce_of(each).key, bounce_of(each).fate) for each in (whole, by_envelope)] == [
        ("notice:7", "undelivered"), ("notice:8", "undelivered"),
    ]  # fmt: skip
    assert bounce_of(head + fields % b"" + b"--x--\n").key == ""
