"""Which addresses a webhook may reach, and which events it hears (pure)."""

import ipaddress
from urllib.parse import urlsplit

from shouhou.api.webhooks.refusals import WEBHOOK_URL
from shouhou.foundation.refusals import refused

ALL_EVENTS = "*"
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def check_url(url: str, *, private_allowed: bool) -> str:
    """The address as it is kept. Raises Refused(WEBHOOK_URL); names are looked up only when a delivery is sent."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    if parts.scheme not in ("http", "https") or not host or port == 0:
        raise refused(WEBHOOK_URL, why_zh="须为完整的 http(s) 地址", why_en="it must be a whole http(s) address")
    if parts.username is not None or parts.password is not None:
        raise refused(WEBHOOK_URL, why_zh="不得含用户名或密码", why_en="it must hold no user name or password")
    if not url.isascii() or not url.isprintable() or " " in url:
        raise refused(WEBHOOK_URL, why_zh="含有无效字符", why_en="it has invalid characters")
    if not private_allowed and (host == "localhost" or host.endswith(".localhost") or is_private_literal(host)):
        raise refused(WEBHOOK_URL, why_zh="不得指向内部网络", why_en="it must not point into a private network")
    return url


def is_private_literal(host: str) -> bool:
    """Is the host written as an address that is not public? A name is not judged here."""
    try:
        return not is_public(ipaddress.ip_address(host))
    except ValueError:
        return False


def is_public(address: Address) -> bool:
    """Reachable by everybody: no loopback, private, link-local, shared, multicast or reserved range, in any disguise."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is not None:
            return is_public(inner)
        # 64:ff9b::/96 (NAT64) holds an IPv4 address in its last 32 bits.
        if address in ipaddress.ip_network("64:ff9b::/96"):
            return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return address.is_global and not address.is_multicast and not address.is_reserved


def hears(events: list[str], event: str) -> bool:
    """Does an endpoint with this filter hear the event? "case.*" takes a whole family, nothing takes all."""
    return not events or any(
        wanted in (ALL_EVENTS, event) or (wanted.endswith(".*") and event.startswith(wanted[:-1])) for wanted in events
    )
