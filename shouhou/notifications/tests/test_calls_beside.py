"""Two agents reach for one call."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction

from shouhou.accounts.models import Buyer, Organisation, User
from shouhou.foundation.refusals import Refused
from shouhou.notifications.actions import note_call, take_call
from shouhou.notifications.models import CallTask, Notice
from shouhou.plumbing.actor import Actor
from tests.beside import wait_for_lock
from tests.world import World


def agent(name: str) -> Actor:
    home, _ = Organisation.objects.get_or_create(code="house", defaults={"name": "平台", "kind": "operator"})
    user = User.objects.create(username=name, role="agent", organisation=home, first_name=name)
    return Actor(role="agent", who=f"user:{user.pk}", name=name)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("deed", ["take", "note"])
def test_whoever_waits_for_a_call_that_is_being_taken_is_told_who_has_it(deed: str) -> None:
    world = World()
    world.order()
    first, second = agent("苏敏"), agent("何川")
    notice = Notice.objects.create(
        event_seq=1, event_type="case.opened", subject="R-1", recipient="buyer:1", buyer_id=Buyer.objects.get().pk, channel="call",
        template="t", language="zh-hans", title="t", body="b", state="queued", created_at=world.now,
    )  # fmt: skip
    task = CallTask.objects.create(notice=notice, due_at=world.now, not_before=world.now - timedelta(minutes=1))

    def too_late() -> str:
        try:
            if deed == "take":
                take_call(task.pk, actor=second, now=world.now)
            else:
                note_call(task.pk, "told", "已说明", actor=second, now=world.now)
            return "done"
        except Refused as no:
            return f"{no.code} {no.sentence('zh-hans')}"
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            take_call(task.pk, actor=first, now=world.now)
            waiting = pool.submit(too_late)
            wait_for_lock()
        assert waiting.result(60) == "CALL_TAKEN 苏敏 已接手这个电话。"
    task.refresh_from_db()
    assert f"user:{task.assigned_to_id}" == first.who and task.calls == [] and task.state == "open"
