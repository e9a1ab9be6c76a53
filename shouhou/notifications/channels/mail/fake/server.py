"""`python -m shouhou.notifications.channels.mail.fake.server --port N`: takes mails by SMTP, and sends back what it cannot deliver.

With `--callback URL --secret S` a mail to an address that begins with `nobody` comes back as a delivery status notification
(RFC 3464), one to `slow` is reported as delayed. An address that begins with `refused` is refused at once (550).
"""

import argparse
import socketserver
import threading
import urllib.error
import urllib.request
from contextlib import suppress
from email import message_from_bytes
from email.message import Message
from uuid import uuid4

from shouhou.plumbing.callbacks import ID_HEADER, SIGNATURE_HEADER, signature

REPORT_SECONDS = 1.0
TRIES = 5
FAILS = {"nobody": ("failed", "5.1.1", "550 no such user"), "slow": ("delayed", "4.4.1", "no answer from host, trying on")}


class FakeMailServer(socketserver.ThreadingTCPServer):
    """`messages`: (readers, the mail) in the order they came."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int, *, callback: str = "", secret: str = "", report_seconds: float = REPORT_SECONDS) -> None:
        self.callback, self.secret, self.report_seconds = callback, secret, report_seconds
        self.messages: list[tuple[list[str], bytes]] = []
        self.stopping = threading.Event()
        super().__init__(("127.0.0.1", port), Session)

    def server_close(self) -> None:
        self.stopping.set()
        super().server_close()

    def take(self, readers: list[str], mail: bytes) -> None:
        self.messages.append((readers, mail))
        for reader in readers:
            if self.callback and (found := FAILS.get(reader.partition("@")[0].rstrip("0123456789"))):
                threading.Thread(target=self._report, args=(status_report(mail, reader, *found),), daemon=True).start()

    def _report(self, body: bytes) -> None:
        number = uuid4().hex
        headers = {ID_HEADER: number, SIGNATURE_HEADER: signature(self.secret, number, body), "content-type": "message/rfc822"}
        for tries in range(TRIES):
            if self.stopping.wait(self.report_seconds * (tries + 1)):
                return
            with suppress(urllib.error.URLError, TimeoutError):
                urllib.request.urlopen(urllib.request.Request(self.callback, body, headers), timeout=5)  # noqa: S310
                return


class Session(socketserver.StreamRequestHandler):
    """One client; as much SMTP (RFC 5321) as Python's client speaks."""

    server: FakeMailServer

    def handle(self) -> None:
        readers: list[str] = []
        self.say("220 fake")
        while line := self.rfile.readline().decode("utf-8", "replace").strip():
            verb, said = line[:4].upper(), line.partition("<")[2].partition(">")[0]
            if verb == "RCPT":
                refused = said.startswith("refused")
                readers += [] if refused else [said]
                self.say("550 5.1.1 no such user" if refused else "250 ok")
            elif verb == "DATA":
                self.say("354 go on")
                self.server.take(readers, self.mail())
                self.say("250 taken")
                readers = []
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                readers = [] if verb in ("MAIL", "RSET") else readers
                self.say("250 ok" if verb in ("EHLO", "HELO", "MAIL", "RSET", "NOOP") else "502 not known")

    def mail(self) -> bytes:
        """Until the line of one dot; a dot put before a dot is taken away."""
        lines: list[bytes] = []
        while (line := self.rfile.readline()) and line.rstrip(b"\r\n") != b".":
            lines.append(line[1:] if line.startswith(b"..") else line)
        return b"".join(lines)

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


def status_report(mail: bytes, reader: str, action: str, status: str, why: str) -> bytes:
    """The notification as a mail server writes it (RFC 3464, RFC 6522): words, fields, the headers of the mail itself."""
    report = Message()
    report["From"], report["Subject"] = "MAILER-DAEMON@mail.example", "Delivery Status Notification"
    report.set_type("multipart/report")
    report.set_param("report-type", "delivery-status")
    words = Message()
    words.set_payload(f"Your mail to {reader}: {action}\n")
    about, of_reader = Message(), Message()
    about["Reporting-MTA"] = "dns; mail.example"
    of_reader["Final-Recipient"], of_reader["Action"] = f"rfc822; {reader}", action
    of_reader["Status"], of_reader["Diagnostic-Code"] = status, f"smtp; {why}"
    fields = Message()
    fields.set_type("message/delivery-status")
    fields.set_payload([about, of_reader])
    original, found = Message(), message_from_bytes(mail)
    original.set_type("text/rfc822-headers")
    original.set_payload("".join(f"{name}: {found[name]}\n" for name in ("Message-ID", "Subject", "To") if found[name]))
    report.set_payload([words, fields, original])
    return report.as_bytes()


def main() -> None:
    parser = argparse.ArgumentParser(description="a fake mail server")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--callback", default="")
    parser.add_argument("--secret", default="")
    given = parser.parse_args()
    with FakeMailServer(given.port, callback=given.callback, secret=given.secret) as server:
        server.serve_forever()


if __name__ == "__main__":
    main()
