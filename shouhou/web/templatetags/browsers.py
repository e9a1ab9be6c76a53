"""A browser by its name, from what it says of itself."""

import re

from django import template
from django.utils.translation import gettext_lazy as _

register = template.Library()
# The more particular first: nearly everything calls itself Chrome and Safari as well.
NAMES = (
    ("MicroMessenger", _("微信")), ("AlipayClient", _("支付宝")), ("DingTalk", _("钉钉")),
    ("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)  # fmt: skip


@register.filter
def browser(agent: object) -> str:
    """“Chrome 128 · Windows”, or what little is known."""
    text = str(agent or "")
    name = next(((mark, said) for mark, said in NAMES if mark in text), None)
    system = next((said for mark, said in SYSTEMS if mark in text), "")
    if name is None:
        return system or str(_("未知的浏览器"))
    version = re.search(rf"{name[0]}\w*/(\d+)", text)
    return " · ".join(filter(None, (f"{name[1]} {version[1] if version and name[0] != 'Safari' else ''}".strip(), system)))
