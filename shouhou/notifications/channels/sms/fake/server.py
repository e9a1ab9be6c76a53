"""`python -m shouhou.notifications.channels.sms.fake.server --port N`: takes messages and shows them at `/_messages`.

With `--callback URL --secret S` it reports every message as delivered; one to a number that ends in 0008 or 0013, or taken in the
manner `undeliverable`, as undelivered.
`POST /_behave {"calls": [...]}` scripts the next calls: ok, error (500), refuse (422), wrong (answers about something
else), closed (does nothing), lost_answer (does it), slow and silent (keep the caller waiting; slow does it in the end).
"""

import argparse
import json
import threading
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

from shouhou.notifications.channels.scripted import WAIT_SECONDS, Scripted, Speaking, serve
from shouhou.plumbing.callbacks import ID_HEADER, SIGNATURE_HEADER, signature

REPORT_SECONDS = 1.5
NOBODY = ("0008", "0013")


class FakeGatewayServer(Scripted):
    """Messages by key: the same key is the same message. With a state file they outlive the process."""

    messages: dict[str, dict[str, Any]]

    def __init__(
        self, port: int, *, state: Path | None = None, wait_seconds: float = WAIT_SECONDS, callback: str = "", secret: str = "",
        report_seconds: float = REPORT_SECONDS,
    ) -> None:  # fmt: skip
        self.callback, self.secret, self.report_seconds = callback, secret, report_seconds
        super().__init__(port, Answer, empty={}, state=state, wait_seconds=wait_seconds)

    def report_later(self, key: str, *, arrives: bool) -> None:
        threading.Thread(target=self._report, args=(key, arrives), daemon=True).start()

    def _report(self, key: str, arrives: bool) -> None:
        said = {"key": key, "state": "delivered"} if arrives else {"key": key, "state": "undelivered", "why": "absent subscriber"}
        body, number = json.dumps(said).encode(), uuid4().hex
        headers = {ID_HEADER: number, SIGNATURE_HEADER: signature(self.secret, number, body), "content-type": "application/json"}
        # Nobody there: some tries more, as a gateway would.
        for tries in range(5):
            if self.stopping.wait(self.report_seconds * (tries + 1)):
                return
            with suppress(urllib.error.URLError, TimeoutError):
                urllib.request.urlopen(urllib.request.Request(self.callback, body, headers), timeout=5)  # noqa: S310
                return


class Answer(Speaking):
    """One request."""

    def shown(self) -> object:
        return list(self.server.messages.values())

    def take(self, said: Any, manner: str) -> None:
        known = self.server.messages.setdefault(str(said["key"]), {**said, "calls": 0})
        known["calls"] += 1
        if self.server.callback and known["calls"] == 1:
            arrives = manner != "undeliverable" and not str(said["phone"]).endswith(NOBODY)
            self.server.report_later(str(said["key"]), arrives=arrives)

    def refuse(self, said: Any, manner: str) -> bool:
        if manner == "refuse":
            self.say(422, {"error": "unknown number"})
        return manner == "refuse"

    def answer(self, said: Any, manner: str) -> None:
        self.say(200, {"key": "somebody-elses" if manner == "wrong" else said["key"]})


def main() -> None:
    parser = argparse.ArgumentParser(description="a fake text message gateway")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--state", type=Path)
    parser.add_argument("--callback", default="")
    parser.add_argument("--secret", default="")
    given = parser.parse_args()
    serve(FakeGatewayServer(given.port, state=given.state, callback=given.callback, secret=given.secret))


if __name__ == "__main__":
    main()
