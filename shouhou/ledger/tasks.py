"""The ledger's one job: the tail is gathered into the days' turnovers."""

from procrastinate.contrib.django import app

from shouhou.ledger.actions import gather

# A backlog is worked off over several runs: nothing depends on it but how quickly the books are read.
ROUNDS_MOST = 50


@app.periodic(cron="* * * * *")
@app.task(name="ledger.gather", queue="plumbing", queueing_lock="ledger.gather", pass_context=False)
def gather_tail(timestamp: int) -> None:
    """Every minute."""
    for _ in range(ROUNDS_MOST):
        if not gather():
            return
