"""Keeping, renaming, ordering and dropping somebody's own views of a list."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from shouhou.accounts.models import User
from shouhou.foundation.refusals import FieldError, refusal, refused
from shouhou.plumbing.actor import Actor
from shouhou.web.models import SavedView

NAME_MAX = 40
QUERY_MAX = 1000
VIEWS_MAX = 30

VIEW_UNKNOWN = refusal("VIEW_UNKNOWN", "not_found", zh="没有这个视图。", en="There is no such view.")
VIEW_INVALID = refusal("VIEW_INVALID", "invalid", zh="视图名称有误。", en="The view's name is not valid.")
VIEWS_TOO_MANY = refusal(
    "VIEWS_TOO_MANY", "conflict", zh="最多保存 {most} 个视图，请先删除不用的。", en="At most {most} views. Delete one that is not used."
)


def save_view(*, page: str, name: str, query: str, actor: Actor, now: datetime) -> SavedView:
    """Keep a list's address under a name, last in order; the same name again takes the new address.

    Raises VIEW_INVALID, VIEWS_TOO_MANY.
    """
    name, query = _name(name), query[:QUERY_MAX]
    with transaction.atomic():
        mine = _mine(actor, page)
        found = mine.filter(name=name).first()
        if found is not None:
            found.query = query
            found.save(update_fields=["query"])
            return found
        places = list(mine.values_list("position", flat=True))
        if len(places) >= VIEWS_MAX:
            raise refused(VIEWS_TOO_MANY, most=VIEWS_MAX)
        return SavedView.objects.create(
            user_id=_user(actor), page=page, name=name, query=query, position=max(places, default=0) + 1, created_at=now
        )


def rename_view(key: int, name: str, *, actor: Actor) -> None:
    """Raises VIEW_UNKNOWN, VIEW_INVALID (empty, too long, or another view of the list has it)."""
    name = _name(name)
    with transaction.atomic():
        found = _own(key, actor)
        if _mine(actor, found.page).filter(name=name).exclude(pk=key).exists():
            raise refused(VIEW_INVALID, FieldError("name", "已有同名视图。", "Another view has this name."))
        found.name = name
        found.save(update_fields=["name"])


def delete_view(key: int, *, actor: Actor) -> None:
    """Raises VIEW_UNKNOWN."""
    with transaction.atomic():
        _own(key, actor).delete()


def place_view(key: int, place: int, *, actor: Actor) -> None:
    """Put a view at a place, 0 first; the others close up. Raises VIEW_UNKNOWN."""
    with transaction.atomic():
        found = _own(key, actor)
        others = [view for view in _mine(actor, found.page).order_by("position", "id") if view.pk != key]
        others.insert(max(0, min(place, len(others))), found)
        for position, view in enumerate(others, 1):
            if view.position != position:
                view.position = position
                view.save(update_fields=["position"])


def _mine(actor: Actor, page: str) -> QuerySet[SavedView]:
    """This person's views of a list; the person's row is held, so that two browsers do not count past each other."""
    User.objects.select_for_update().get(pk=_user(actor))
    return SavedView.objects.filter(user_id=_user(actor), page=page)


def _own(key: int, actor: Actor) -> SavedView:
    found = SavedView.objects.select_for_update().filter(pk=key, user_id=_user(actor)).first()
    if found is None:
        raise refused(VIEW_UNKNOWN)
    return found


def _user(actor: Actor) -> int:
    return int(actor.who.removeprefix("user:"))


def _name(name: str) -> str:
    name = " ".join(name.replace("\x00", "").split())
    if not 1 <= len(name) <= NAME_MAX:
        raise refused(VIEW_INVALID, FieldError("name", f"请填写 1 到 {NAME_MAX} 字。", f"Write 1 to {NAME_MAX} characters."))
    return name
