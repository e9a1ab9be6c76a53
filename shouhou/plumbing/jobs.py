"""Jobs: enqueued in the domain transaction, run by any worker, taken up again when a worker dies.

A folder's jobs stand in its `tasks.py` (found by Django's autodiscovery) as
`@app.task(queue="…", retry=OUTWARD)` on procrastinate's Django app; `task.defer(…)` inside `atomic()` enqueues.
"""

from procrastinate import RetryStrategy

# Outward calls: quick at first, then patient (3, 9, 27 … seconds up to some hours); then a person looks.
OUTWARD = RetryStrategy(max_attempts=9, exponential_wait=3)
