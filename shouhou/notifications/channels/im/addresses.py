"""Which rooms may be written to: five services at their own fixed addresses, so that no setting can point into a network.

apprise itself can do a hundred more, among them files, programs and any host: none of them is reachable from here.
"""

import re
from dataclasses import dataclass

from shouhou.foundation.workflow import Text

ADDRESS_MOST = 400


@dataclass(frozen=True, slots=True)
class Service:
    """A chat by its name: the one address it is reached at, and how its robots' addresses look when they are copied."""

    name: Text
    host: str
    native: re.Pattern[str]
    plain: re.Pattern[str]


class NotAllowed(Exception):
    """An address that is none of the services', and why."""

    def __init__(self, why: Text) -> None:
        super().__init__(why.en)
        self.why = why


def _service(zh: str, en: str, host: str, native: str, plain: str) -> Service:
    return Service(Text(zh, en), host, re.compile(rf"https://{re.escape(host)}{native}", re.ASCII), re.compile(plain, re.ASCII))


ROBOT = "[A-Za-z0-9_-]{8,100}"
SERVICES = {
    "dingtalk": _service("钉钉", "DingTalk", "oapi.dingtalk.com", r"/robot/send\?access_token=(?P<token>[A-Za-z0-9]{8,100})",
                         r"dingtalk://(?:[A-Za-z0-9]{4,100}@)?[A-Za-z0-9]{8,100}/?"),
    "wecombot": _service("企业微信", "WeCom", "qyapi.weixin.qq.com", rf"/cgi-bin/webhook/send\?key=(?P<token>{ROBOT})",
                         rf"wecombot://{ROBOT}/?"),
    "feishu": _service("飞书", "Feishu", "open.feishu.cn", rf"/open-apis/bot/v2/hook/(?P<token>{ROBOT})/?", rf"feishu://{ROBOT}/?"),
    "lark": _service("Lark", "Lark", "open.larksuite.com", r"/open-apis/bot/v2/hook/(?P<token>[A-Za-z0-9-]{8,100})/?",
                     r"lark://[A-Za-z0-9-]{8,100}/?"),
    "slack": _service("Slack", "Slack", "hooks.slack.com", r"/services/(?P<token>[A-Z0-9]+/[A-Z0-9]+/[A-Za-z0-9]+)/?",
                      r"slack://[A-Z0-9]+/[A-Z0-9]+/[A-Za-z0-9]+/?"),
}  # fmt: skip
HOSTS = frozenset(service.host for service in SERVICES.values())
WRONG = Text(
    "只接受钉钉、企业微信、飞书、Lark 和 Slack 机器人的地址（https://… 或 dingtalk://密钥@令牌 的形式），不带其他参数。",
    "Only the addresses of robots of DingTalk, WeCom, Feishu, Lark and Slack are taken (https://… or dingtalk://secret@token), "
    "without further parameters.",
)


def read_address(address: str) -> str:
    """The service's code. Raises NotAllowed."""
    return told(address)[0]


def told(address: str) -> tuple[str, str]:
    """The service and the address as apprise reads it. Raises NotAllowed for everything but the five, spelled exactly."""
    given = address.strip()
    if len(given) <= ADDRESS_MOST:
        for code, service in SERVICES.items():
            if service.plain.fullmatch(given):
                return code, given
            if found := service.native.fullmatch(given):
                return code, f"{code}://{found['token']}/"
    raise NotAllowed(WRONG)
