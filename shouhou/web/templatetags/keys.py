"""The sheet of keys for any page of the desk."""

from django import template

from shouhou.plumbing.actor import Actor
from shouhou.web.staff.keys import places, sheet

register = template.Library()


@register.simple_tag
def key_sheet(actor: Actor) -> list[dict[str, object]]:
    """Every key this person has and what it does, in the page's language."""
    return sheet(actor)


@register.simple_tag
def key_places(actor: Actor) -> list[dict[str, str]]:
    """The addresses its keys of two strokes go to."""
    return places(actor)
