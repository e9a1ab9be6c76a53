"""The sheet of keys for any page of the desk."""

from django import template

from shouhou.web.staff.keys import sheet

register = template.Library()


@register.simple_tag
def key_sheet() -> list[dict[str, object]]:
    """Every key and what it does, in the page's language."""
    return sheet()
