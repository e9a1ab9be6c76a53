"""Rooms through apprise: its plugins know each chat's form and signature; whether it arrived is read from the answer itself."""

from functools import cache
from importlib import import_module

import requests
from apprise import Apprise, AppriseAsset, NotifyFormat
from apprise.plugins import NotifyBase
from django.conf import settings

from shouhou.notifications.channels.im.addresses import NotAllowed, told
from shouhou.notifications.channels.im.base import ImRefused, ImSilent, ImUnclear
from shouhou.notifications.channels.im.carrier import Heard, Wire, hearing

OK, LATER = 200, (408, 425, 429)
BROKEN = 500


class Rooms:
    """Every room of the five services."""

    def send(self, *, address: str, title: str, body: str) -> None:
        """Say it, once. Raises ImSilent, ImUnclear, ImRefused."""
        try:
            code, plain = told(address)
        except NotAllowed as no:
            raise ImRefused(str(no)) from no
        plugin = _plugin(code, plain)
        with hearing(settings.IM_URL) as heard:
            plugin.notify(title=title, body=body, body_format=NotifyFormat.TEXT)
        _judge(heard)


def _plugin(code: str, plain: str) -> NotifyBase:
    _wired(code)
    asset = AppriseAsset(app_id="shouhou", app_desc="shouhou", app_url="", async_mode=False, http_redirects=False, plugin_paths=[])
    plugin: object = Apprise.instantiate(plain, asset=asset, suppress_exceptions=True)
    if isinstance(plugin, NotifyBase) and vars(type(plugin)).get("secure_protocol") == code:
        return plugin
    raise ImRefused("the address cannot be read")


@cache
def _wired(code: str) -> None:
    """Its plugin posts through our wire from now on."""
    vars(import_module(f"apprise.plugins.{code}"))["requests"] = Wire()


def _judge(heard: Heard) -> None:
    """Arrived, or which of the three it was."""
    if heard.posts == 0:
        raise ImRefused("nothing was sent")
    if isinstance(heard.error, requests.ConnectTimeout) or (heard.error is not None and _nobody_there(heard.error)):
        raise ImSilent(type(heard.error).__name__)
    if heard.error is not None:
        raise ImUnclear(type(heard.error).__name__)
    if heard.status in LATER:
        raise ImSilent(str(heard.status))
    if heard.status >= BROKEN:
        raise ImUnclear(str(heard.status))
    if heard.status != OK:
        raise ImRefused(str(heard.status))
    if heard.says_no == "?":
        raise ImUnclear("the answer is about something else")
    if heard.says_no:
        raise ImRefused(heard.says_no)


def _nobody_there(error: requests.RequestException) -> bool:
    """A connection that was never made, as told by the library below: what broke off later may have arrived."""
    return isinstance(error, requests.ConnectionError) and any(
        name in repr(error) for name in ("NewConnectionError", "NameResolutionError", "ConnectTimeoutError")
    )
