"""What satisfaction knows of a person, removed: notes of calls; that there was one and how it ended stays (L-19)."""

from datetime import datetime

from django.db import transaction

from shouhou.support.satisfaction.models import FollowUp, RatingAnswer

REMOVED = "（已按个人信息删除请求移除 removed at the person's request）"


@transaction.atomic
def erase_follow_ups_of(buyer_id: int, now: datetime) -> dict[str, int]:
    """The port of accounts' erasure."""
    removed = 0
    for task in FollowUp.objects.filter(case__buyer_id=buyer_id).exclude(calls=[]):
        plain = [{**call, "note": REMOVED} for call in task.calls]
        if plain != task.calls:
            FollowUp.objects.filter(pk=task.pk).update(calls=plain)
            removed += 1
    answered = RatingAnswer.objects.filter(case__buyer_id=buyer_id).exclude(text=REMOVED).update(text=REMOVED)
    return {"follow_ups": removed, "rating_answers": answered}
