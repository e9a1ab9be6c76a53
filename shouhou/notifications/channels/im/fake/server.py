"""`python -m shouhou.notifications.channels.im.fake.server --port N`: takes what robots say and shows it at `/_messages`.

A relay's paths begin with the service's own host, so that it answers as each service would. `POST /_behave {"calls": [...]}`
scripts the next calls: ok, refuse (200 with an error code, as these services say no), gone (404), error (500), later (429), wrong
(a page instead of an answer), elsewhere (a redirect), closed (does nothing), lost_answer (does it), slow and silent.
"""

import argparse
from pathlib import Path
from typing import Any, ClassVar

from shouhou.notifications.channels.scripted import WAIT_SECONDS, Scripted, Speaking, serve

# host: (what it answers when it did it, and when it did not)
ANSWERS: dict[str, tuple[Any, Any]] = {
    "oapi.dingtalk.com": ({"errcode": 0, "errmsg": "ok"}, {"errcode": 310000, "errmsg": "keywords not in content"}),
    "qyapi.weixin.qq.com": ({"errcode": 0, "errmsg": "ok"}, {"errcode": 93000, "errmsg": "invalid webhook url"}),
    "open.feishu.cn": ({"code": 0, "msg": "success", "data": {}}, {"code": 19001, "msg": "param invalid"}),
    "open.larksuite.com": ({"code": 0, "msg": "success", "data": {}}, {"code": 19001, "msg": "param invalid"}),
    "hooks.slack.com": ("ok", "invalid_token"),
}


class FakeRoomsServer(Scripted):
    """What was said, in order. With a state file it outlives the process."""

    messages: list[dict[str, Any]]

    def __init__(self, port: int, *, state: Path | None = None, wait_seconds: float = WAIT_SECONDS) -> None:
        super().__init__(port, Answer, empty=[], state=state, wait_seconds=wait_seconds)


class Answer(Speaking):
    """One request."""

    refuses: ClassVar[dict[str, int]] = {"gone": 404, "error": 500, "later": 429}

    def shown(self) -> object:
        return self.server.messages

    def take(self, said: Any, manner: str) -> None:
        host, _, rest = self.path.lstrip("/").partition("/")
        self.server.messages.append({"service": host, "robot": rest, "said": said})

    def refuse(self, said: Any, manner: str) -> bool:
        if manner == "refuse":
            self.say(200 if isinstance(self._words[1], dict) else 403, self._words[1])
        if manner == "elsewhere":
            self.say(302, {}, location="http://127.0.0.1:1/")
        return manner in ("refuse", "elsewhere")

    def answer(self, said: Any, manner: str) -> None:
        self.say(200, "<html>proxy</html>" if manner == "wrong" else self._words[0])

    @property
    def _words(self) -> tuple[Any, Any]:
        return ANSWERS.get(self.path.split("/")[1], ({}, {}))


def main() -> None:
    parser = argparse.ArgumentParser(description="fake chat rooms")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--state", type=Path)
    given = parser.parse_args()
    serve(FakeRoomsServer(given.port, state=given.state))


if __name__ == "__main__":
    main()
