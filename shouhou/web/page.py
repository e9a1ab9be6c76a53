"""One way to answer with a page: who looks, in which language, and what time it is."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from shouhou.foundation.workflow import Text
from shouhou.notifications.queries import unread_count
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor


def page(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, *,
    actor: Actor | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    """The template with `actor`, `now`, `staff` and `unread` (notices) beside its own context."""
    whole = {
        "actor": actor, "now": clock.now(), "staff": actor is not None and actor.role != "consumer",
        "unread": _unread(actor) if actor else 0, **(context or {}),
    }  # fmt: skip
    return render(request, template, whole, status=status)


def language() -> str:
    """The page's language as the domain names it: "zh-hans" or "en"."""
    return "en" if (get_language() or "").startswith("en") else "zh-hans"


def said(text: Text) -> str:
    """A domain text in the page's language."""
    return text.in_(language())


def _unread(actor: Actor) -> int:
    """How many notices wait to be read; for the bell."""
    if actor.role == "consumer":
        return unread_count(buyer_id=actor.buyer_id, order_id=actor.order_id)
    return unread_count(user_id=int(actor.who.removeprefix("user:")))
