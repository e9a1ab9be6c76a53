"""What every command stands on: a database with Django, progress on standard error, JSON lines, days."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

from shouhou.plumbing.embedded import data_folder, database

Handler = Callable[[argparse.Namespace], int]


@contextmanager
def django_ready() -> Iterator[None]:
    """A database and Django's applications, for commands of the domain."""
    with database(data_folder()):
        import django

        django.setup()
        try:
            yield
        finally:
            from django.db import connections

            connections.close_all()


def progress(done: int, total: int | None) -> None:
    of = f"/{total:,}" if total else ""
    print(f"\r{done:,}{of}", end="" if total is None or done < total else "\n", file=sys.stderr, flush=True)


def print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, default=str), flush=True)


def day(text: str) -> date:
    if text.upper() == "TODAY":
        from shouhou.foundation.days import local_day
        from shouhou.plumbing.clock import now

        return local_day(now())
    return date.fromisoformat(text)


def last_day(text: str) -> date | str:
    """TODAY stays a word: the mapping knows in whose zone its orders were placed."""
    return text if text.upper() == "TODAY" else date.fromisoformat(text)
