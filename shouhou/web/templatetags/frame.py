"""The frame around a page: its menu, its bell, its search and its theme."""

from typing import Any

from django import template

from shouhou.foundation.refusals import Refused
from shouhou.plumbing import clock
from shouhou.web import frame
from shouhou.web.shared.theme import THEMES, chosen_theme
from shouhou.web.who import actor_of

register = template.Library()


@register.simple_tag(takes_context=True)
def frame_of(context: template.Context) -> dict[str, Any]:
    """`places` in a `row` and the `rest`, `actor`, `staff`, `theme`, `themes` and `now`; works on pages that are not made by page() too."""
    request = context.get("request")
    actor = context.get("actor")
    if actor is None and request is not None and "actor" not in context and hasattr(request, "session"):
        try:
            actor = actor_of(request)
        except Refused:
            actor = None
    theme = chosen_theme(request) if request is not None else ""
    places = frame.places(actor, request.path if request is not None else "")
    return {
        "places": places, "row": [each for each in places if not each.under], "rest": [each for each in places if each.under],
        "actor": actor, "staff": actor is not None and actor.role != "consumer", "now": clock.now(),
        "theme": theme, "themes": [(code, label, code == theme) for code, label in THEMES.items()],
    }  # fmt: skip
