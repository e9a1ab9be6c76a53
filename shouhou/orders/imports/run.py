"""`shouhou import orders FILE --mapping NAME`: staged once, put by the thousand, restarted where it stood."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from django.conf import settings
from django.db import connection, transaction

from shouhou.foundation.refusals import FieldError, Refused, refusal, refused
from shouhou.orders.actions.bulk import Item, put_batch
from shouhou.orders.actions.storing import Books
from shouhou.orders.imports import mapping as mappings
from shouhou.orders.imports import reading
from shouhou.orders.imports.report import Account
from shouhou.orders.imports.shaping import Shaped, Shaper
from shouhou.orders.models import OrderImport
from shouhou.orders.snapshot import MAX_IMPORT_LINES, invalid, parse_numbered, snapshot_of
from shouhou.plumbing.actor import SYSTEM, Actor

BATCH = 500
# From so many new orders on, what the planner believes of the tables is stale.
MANY = 1000
Progress = Callable[[int, int | None], None]

IMPORT_RUNNING = refusal(
    "IMPORT_RUNNING", "conflict", zh="同一文件正在导入。", en="The same file is being imported already."
)


def import_orders(
    path: str | Path, *, mapping: str, now: datetime, shift_dates_to: str | date | None = None, actor: Actor = SYSTEM,
    progress: Progress | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Take every order of a file (or of a folder, for mappings that join files) in; answers the account.

    Killed half-way, a second run goes on from the last committed batch; run again whole, everything is `unchanged`.
    Raises Refused for what concerns the file as a whole; what concerns one order is counted and written down.
    """
    spec, source = mappings.load(mapping), Path(path)
    files = reading.find_files(spec, source)
    shift = _shift(spec, files, shift_dates_to, now)
    mark = _fingerprint(spec, files, shift)
    with _alone(mark):
        run = OrderImport.objects.filter(fingerprint=mark, state="running").order_by("-pk").first()
        if run is None:
            run = OrderImport.objects.create(
                source=source.name[-240:], mapping=spec.name, fingerprint=mark, shift_days=shift.days, started_at=now
            )
        folder = Path(settings.HOME) / "imports"
        folder.mkdir(parents=True, exist_ok=True)
        account = Account(run.report, folder / f"{run.pk}.errors.ndjson")
        staged = folder / f"{run.pk}.staged.ndjson"
        if spec.native:
            documents, total = reading.native_lines(files["rows"]), None
        else:
            if "rows_read" not in run.report or not staged.exists():
                run.report = {**run.report, "rows_read": reading.stage(spec, files, to=staged)}
                run.save(update_fields=["report"])
            documents, total = _lines(staged), _count(staged)
        shaper = Shaper(spec, shift_days=shift.days, end=shift.end)
        _take(run, islice(documents, run.position, None), spec, shaper, account, actor=actor, now=now, progress=progress, total=total)
        if account.orders["created"] >= MANY:
            _look_at_the_new_rows()
        run.state, run.ended_at = "done", now
        run.save()
        staged.unlink(missing_ok=True)
    return {"import": run.pk, "mapping": spec.name, "shift_days": shift.days, **run.report}


def _take(
    run: OrderImport, documents: Iterator[bytes], spec: mappings.Spec, shaper: Shaper, account: Account, *, actor: Actor,
    now: datetime, progress: Progress | None, total: int | None,
) -> None:  # fmt: skip
    books: Books = {}
    batches = _batches(documents, spec, shaper, start=run.position)
    # While the database writes one batch, the next is read.
    with ThreadPoolExecutor(1) as reader:
        coming = reader.submit(next, batches, None)
        while batch := coming.result():
            coming = reader.submit(next, batches, None)
            # Orders, the account and the position become true together or not at all.
            with transaction.atomic():
                for shaped in batch.shaped:
                    account.read(shaped)
                for no in batch.refused:
                    account.orders["refused"] += 1
                    account.refuse(**no)
                answers = put_batch(
                    batch.items, actor=actor, now=now, import_id=run.pk, max_lines=MAX_IMPORT_LINES, books=books
                )
                for answer in answers:
                    row, currency = batch.places[answer.line]
                    account.answer(answer, row=row, currency=currency)
                run.position += batch.documents
                run.report = {**run.report, **account.as_json()}
                run.save(update_fields=["position", "report"])
            if progress:
                progress(run.position, total)


@dataclass(slots=True)
class _Batch:
    """Some documents read: their orders with the row and currency of each, and what is none."""

    documents: int
    shaped: list[Shaped] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    places: dict[int, tuple[int, str]] = field(default_factory=dict)


def _batches(documents: Iterator[bytes], spec: mappings.Spec, shaper: Shaper, *, start: int) -> Iterator[_Batch]:
    while bodies := list(islice(documents, BATCH)):
        batch = _Batch(len(bodies))
        for place, body in enumerate(bodies, start + 1):
            if body.strip():
                _read(body, Shaped("", place) if spec.native else shaper.shape(msgspec.json.decode(body)), spec, batch)
        start += len(bodies)
        yield batch


def _read(body: bytes, shaped: Shaped, spec: mappings.Spec, batch: _Batch) -> None:
    """Add what one document means to the batch."""
    batch.shaped.append(shaped)
    if shaped.refusal:
        batch.refused.append({"row": shaped.row, "key": shaped.key, "code": shaped.refusal})
    raws: list[dict[str, Any] | None] = [None] if spec.native else [*shaped.orders]
    for raw in raws:
        try:
            if not spec.native and b"\\u0000" in body:
                raise invalid(FieldError("", "含有 NUL 字符", "contains NUL"))
            snapshot = parse_numbered(body) if raw is None else snapshot_of(raw)
        except Refused as no:
            batch.refused.append({
                "row": shaped.row, "key": shaped.key or None, "code": no.code, "detail": no.sentence("en")[:300],
                "fields": [error.field for error in no.errors],
            })  # fmt: skip
            continue
        line = len(batch.items)
        batch.items.append(Item(line, snapshot.number, snapshot))
        batch.places[line] = (shaped.row, snapshot.currency)


@dataclass(frozen=True, slots=True)
class _Shift:
    """How far a historic set is moved, and the day on which it then ends."""

    days: int = 0
    end: date | None = None


def _shift(spec: mappings.Spec, files: dict[str, Path], to: str | date | None, now: datetime) -> _Shift:
    if to is None:
        return _Shift()
    zone = ZoneInfo(spec.zone)
    try:
        end = to if isinstance(to, date) else now.astimezone(zone).date() if to.upper() == "TODAY" else date.fromisoformat(to)
    except ValueError as error:
        raise invalid(FieldError("shift-dates-to", "应为日期或 TODAY", "must be a date or TODAY")) from error
    if spec.native:
        raise invalid(FieldError("shift-dates-to", "该映射的日期不可移动", "dates of this mapping are not moved"))
    last = reading.last_day(spec, files)
    return _Shift((end - date.fromisoformat(last)).days, end) if last else _Shift()


def _fingerprint(spec: mappings.Spec, files: dict[str, Path], shift: _Shift) -> str:
    """The same files, mapping and shift are the same import."""
    facts = [msgspec.json.encode(spec, order="sorted").decode(), str(shift.days)]
    for name, path in sorted(files.items()):
        stat = path.stat()
        facts.append(f"{name} {path.name} {stat.st_size} {stat.st_mtime_ns}")
    return sha256("\n".join(facts).encode()).hexdigest()


def _look_at_the_new_rows() -> None:
    """Until the database looks by itself, it would plan for the small tables of before."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE orders_order, orders_orderline, orders_payment, orders_shipment, accounts_buyer")


@contextmanager
def _alone(mark: str) -> Iterator[None]:
    """Hold the import's own lock for as long as this process imports. Raises Refused IMPORT_RUNNING."""
    key = int.from_bytes(bytes.fromhex(mark[:16]), signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        if not cursor.fetchone()[0]:
            raise refused(IMPORT_RUNNING)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [key])


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from file


def _count(path: Path) -> int:
    return sum(1 for _ in _lines(path))
