"""Is the process alive, and may it be given work?"""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse

from shouhou.api.v1.answers import answer
from shouhou.api.v1.auth import FIND_KEY

_migrated = False


def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return answer({"status": "ok"})


def readyz(request: HttpRequest) -> HttpResponse:
    """The database answers and its tables are ours; the first statement of every call is prepared by the way."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(FIND_KEY, [b""])
        missing = _missing_migrations()
    except DatabaseError:
        return answer({"status": "unavailable", "database": False, "migrations": None}, status=503)
    if missing:
        return answer({"status": "unavailable", "database": True, "migrations": missing}, status=503)
    return answer({"status": "ok", "database": True, "migrations": 0})


def _missing_migrations() -> int:
    """How many are not applied; once none is, none will be."""
    global _migrated
    if _migrated:
        return 0
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    _migrated = not plan
    return len(plan)
