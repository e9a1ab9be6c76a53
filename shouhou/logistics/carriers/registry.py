"""The one list of carriers we can talk to; an aggregator serves many couriers."""

from collections.abc import Callable
from functools import cache

from django.conf import settings

from shouhou.foundation.refusals import NOT_FOUND, refused
from shouhou.logistics.carriers.base import Carrier
from shouhou.logistics.carriers.fake.client import FakeCarrier

PROVIDERS: dict[str, Callable[[str, str], Carrier]] = {"fake": FakeCarrier}


def provider(name: str) -> Carrier:
    """The carrier configured under this name. Raises Refused NOT_FOUND."""
    configured = settings.CARRIERS.get(name)
    if configured is None:
        raise refused(NOT_FOUND, what="carrier", name=name)
    return _made(configured.get("kind", name), configured["url"], settings.CARRIER_CALLBACK_SECRET)


def provider_for(courier: str) -> Carrier:
    """Who speaks for this courier: the one that names it in `couriers`, else the first (an aggregator)."""
    names = [name for name, configured in settings.CARRIERS.items() if courier in configured.get("couriers", ())]
    return provider(names[0] if names else next(iter(settings.CARRIERS)))


@cache
def _made(kind: str, url: str, secret: str) -> Carrier:
    """One client, and so one pool of connections, per configuration."""
    return PROVIDERS[kind](url, secret)
