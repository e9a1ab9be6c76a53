"""One way to answer with a page: who looks, in which language, and what time it is."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from shouhou.foundation.workflow import Text
from shouhou.plumbing import clock
from shouhou.plumbing.actor import Actor


def page(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, *,
    actor: Actor | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    """The template with `actor`, `now` and `staff` beside its own context."""
    whole = {"actor": actor, "now": clock.now(), "staff": actor is not None and actor.role != "consumer", **(context or {})}
    return render(request, template, whole, status=status)


def language() -> str:
    """The page's language as the domain names it: "zh-hans" or "en"."""
    return "en" if (get_language() or "").startswith("en") else "zh-hans"


def said(text: Text) -> str:
    """A domain text in the page's language."""
    return text.in_(language())
