"""A bank's answer taken by a process that is killed (-9) in the middle of a row: resumed, none twice, none lost."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from shouhou.ledger.queries import trial_balance
from shouhou.payments.actions import take_line
from shouhou.payments.models import BatchRow, Refund, RefundAttempt, RefundBatch
from shouhou.payments.rules.bank import read_answer, written_answer
from shouhou.payments.tests.conftest import BO, NOW, Fake
from shouhou.payments.tests.test_batching import answers, offline_minor, refused_refunds, released
from shouhou.plumbing.models import Event

ROWS, BEFORE = 6, 2
WAIT_SECONDS = 120
# What the page does with a bank's file, row by row; before one of them it waits for a word.
WORK = f"""
import sys
from datetime import datetime
from pathlib import Path
import django
django.setup()
from shouhou.payments.actions import take_line
from shouhou.payments.rules.bank import read_answer
from shouhou.plumbing.actor import Actor
number, file, at = sys.argv[1:]
for place, line in enumerate(read_answer(Path(file).read_bytes())):
    if place == {BEFORE}:
        print("half", flush=True)
        sys.stdin.readline()
    take_line(number, line, actor=Actor(role="finance", who="user:2", name="Bo"), now=datetime.fromisoformat(at))
print("whole", flush=True)
"""


@contextmanager
def taking(batch: RefundBatch, file: Path) -> Iterator[subprocess.Popen[str]]:
    """A process of its own on this test's database, which it leaves only killed or done."""
    database = {**conninfo_to_dict(os.environ["DATABASE_URL"]), "dbname": connection.settings_dict["NAME"]}
    process = subprocess.Popen(
        [sys.executable, "-c", WORK, batch.number, str(file), NOW.isoformat()], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True, cwd=settings.BASE_DIR,
        env={**os.environ, "DATABASE_URL": make_conninfo("", **database), "DJANGO_SETTINGS_MODULE": "shouhou.settings"},
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def wait_until_it_waits_for(batch: RefundBatch) -> None:
    """Until its connection stands at the batch that we hold: the row before it is written, and not committed."""
    limit = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < limit:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.05)
    raise AssertionError(f"nobody came to {batch.number}")


@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_of_a_row_a_batch_goes_on_and_every_row_is_paid_once(fake: Fake, tmp_path: Path) -> None:
    batch = released(refused_refunds(fake, ROWS))
    file = tmp_path / "answer.csv"
    file.write_bytes(written_answer(answers(batch)))
    with taking(batch, file) as process:
        assert process.stdout is not None and process.stdin is not None
        assert process.stdout.readline() == "half\n"
        with transaction.atomic():
            RefundBatch.objects.select_for_update().get(pk=batch.pk)
            process.stdin.write("go on\n")
            process.stdin.flush()
            wait_until_it_waits_for(batch)
            process.kill()
            process.wait()
    assert process.returncode == -9
    assert offline_minor() == 5000 * BEFORE and trial_balance() == {"CNY": 0}
    assert BatchRow.objects.filter(state="waiting").count() == ROWS - BEFORE and RefundBatch.objects.get().state == "released"
    again = [take_line(batch.number, line, actor=BO, now=NOW) for line in read_answer(file.read_bytes())]
    assert again == ["before"] * BEFORE + ["paid"] * (ROWS - BEFORE)
    assert RefundBatch.objects.get().state == "done" and set(Refund.objects.values_list("state", flat=True)) == {"settled"}
    assert offline_minor() == 5000 * ROWS and trial_balance() == {"CNY": 0} and fake.movements() == []
    assert RefundAttempt.objects.filter(kind="offline").count() == Event.objects.filter(type="refund.settled").count() == ROWS
    assert Event.objects.filter(type="refund_batch.done").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_processes_with_one_file_pay_every_row_once(fake: Fake, tmp_path: Path) -> None:
    batch = released(refused_refunds(fake, ROWS))
    file = tmp_path / "answer.csv"
    file.write_bytes(written_answer(answers(batch)))
    with taking(batch, file) as one, taking(batch, file) as other:
        for process in (one, other):
            assert process.stdout is not None and process.stdout.readline() == "half\n"
        for process in (one, other):
            assert process.stdin is not None
            process.stdin.write("go on\n")
            process.stdin.flush()
        for process in (one, other):
            assert process.stdout is not None and process.stdout.readline() == "whole\n"
    assert RefundBatch.objects.get().state == "done" and offline_minor() == 5000 * ROWS and trial_balance() == {"CNY": 0}
    assert RefundAttempt.objects.filter(kind="offline").count() == ROWS
