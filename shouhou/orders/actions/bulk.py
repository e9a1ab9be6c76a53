"""Orders by the thousand: an answer per line, few statements per thousand, and a bad line hurts no other."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Literal, NamedTuple

from django.db import DataError, IntegrityError, transaction

from shouhou.accounts.actions import take_buyers
from shouhou.foundation.refusals import FieldError, Refused, refusal, refused
from shouhou.merchants.actions import take_merchants
from shouhou.orders import rows, rules
from shouhou.orders.actions import storing
from shouhou.orders.actions.put import NOT_YOUR_ORDER, check, put_order
from shouhou.orders.models import Order
from shouhou.orders.snapshot import MALFORMED_ORDER, MAX_BODY_BYTES, MAX_LINES, Snapshot, parse_numbered
from shouhou.plumbing.actor import Actor

CHUNK = 1000
MAX_BULK = 50_000
BULK_TOO_LONG = refusal(
    "BULK_TOO_LONG", "too_large",
    zh="一次最多 {most} 行；其后的行未读取，请分批提交。", en="At most {most} lines in one call; send the rest in another.",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LineAnswer:
    """What became of one line; `refusal` says why nothing did."""

    line: int
    number: str | None
    outcome: Literal["created", "updated", "unchanged", "refused"]
    version: int | None = None
    difference_minor: int = 0
    refusal: Refused | None = None

    @property
    def code(self) -> str | None:
        return self.refusal.code if self.refusal else None

    @property
    def errors(self) -> tuple[FieldError, ...]:
        return self.refusal.errors if self.refusal else ()


class Item(NamedTuple):
    """One order of a batch with the place it came from."""

    line: int
    number: str
    snapshot: Snapshot


def bulk_put(lines: Iterable[bytes], *, actor: Actor, now: datetime, max_bulk: int = MAX_BULK) -> Iterator[LineAnswer]:
    """Put every NDJSON line (empty ones are passed over); answers come in order, a thousand per transaction."""
    numbered = enumerate(lines, 1)
    books: storing.Books = {}
    while chunk := list(islice(numbered, CHUNK)):
        items: list[Item] = []
        answers: dict[int, LineAnswer] = {}
        ended = False
        for line, body in chunk:
            if line > max_bulk:
                answers[line] = LineAnswer(line, None, "refused", refusal=refused(BULK_TOO_LONG, most=max_bulk))
                ended = True
                break
            if not body.strip():
                continue
            try:
                items.append(_item(line, body))
            except Refused as no:
                answers[line] = LineAnswer(line, None, "refused", refusal=no)
        answers |= {answer.line: answer for answer in put_batch(items, actor=actor, now=now, books=books)}
        yield from (answers[line] for line in sorted(answers))
        if ended:
            return


def put_batch(
    items: Sequence[Item], *, actor: Actor, now: datetime, import_id: int | None = None, max_lines: int = MAX_LINES,
    books: storing.Books | None = None,
) -> list[LineAnswer]:  # fmt: skip
    """Put a batch in one transaction: what is new by COPY, what is known and differs one by one. `books` is kept from
    batch to batch by the caller.
    """
    answers: dict[int, LineAnswer] = {}
    with transaction.atomic():
        sound: list[Item] = []
        for item in items:
            try:
                check(item.snapshot, actor=actor, now=now, max_lines=max_lines)
                sound.append(item)
            except Refused as no:
                answers[item.line] = LineAnswer(item.line, item.number, "refused", refusal=no)
        fresh, later = _sort(sound, answers, actor=actor)
        if fresh:
            try:
                with transaction.atomic():
                    storing.insert([new for _, new in fresh], now=now, import_id=import_id, books=books)
                for item, new in fresh:
                    difference = rules.difference_minor(new.snapshot)
                    answers[item.line] = LineAnswer(item.line, item.number, "created", 1, difference)
            except (IntegrityError, DataError):
                # One of them came in beside us, or cannot be stored: each alone finds out.
                later = [*(item for item, _ in fresh), *later]
        for item in later:
            answers[item.line] = _alone(item, actor=actor, now=now, import_id=import_id, max_lines=max_lines)
    return [answers[line] for line in sorted(answers)]


def _item(line: int, body: bytes) -> Item:
    if len(body) > MAX_BODY_BYTES:
        raise refused(MALFORMED_ORDER, reason=f"> {MAX_BODY_BYTES} bytes")
    snapshot = parse_numbered(body)
    return Item(line, snapshot.number, snapshot)


def _sort(
    items: Sequence[Item], answers: dict[int, LineAnswer], *, actor: Actor
) -> tuple[list[tuple[Item, storing.New]], list[Item]]:
    """Which are new, and which must be compared; the unchanged are answered at once."""
    buyers = take_buyers({item.snapshot.buyer.id: storing.buyer_facts(item.snapshot) for item in items})
    merchants = take_merchants({item.snapshot.merchant.code: storing.merchant_facts(item.snapshot) for item in items})
    known = {
        number: (bytes(mark), version, difference, merchant)
        for number, mark, version, difference, merchant in Order.objects.filter(
            number__in=[item.number for item in items]
        ).values_list("number", "fingerprint", "version", "difference_minor", "merchant_id")
    }
    fresh: list[tuple[Item, storing.New]] = []
    later: list[Item] = []
    seen: set[str] = set()
    for item in items:
        merchant_id = merchants[item.snapshot.merchant.code]
        stored = known.get(item.number)
        if actor.merchant_id not in (None, merchant_id):
            answers[item.line] = LineAnswer(item.line, item.number, "refused", refusal=refused(NOT_YOUR_ORDER))
            continue
        buyer = buyers[item.snapshot.buyer.id]
        snapshot = storing.without_person(item.snapshot) if buyer.erased else item.snapshot
        mark = rows.fingerprint(snapshot)
        if item.number in seen:
            later.append(item)
        elif stored is None:
            fresh.append((item, storing.New(item.number, snapshot, buyer, merchant_id, mark)))
        elif stored[0] == mark and stored[3] == merchant_id:
            answers[item.line] = LineAnswer(item.line, item.number, "unchanged", stored[1], stored[2])
        else:
            later.append(item)
        seen.add(item.number)
    return fresh, later


def _alone(item: Item, *, actor: Actor, now: datetime, import_id: int | None, max_lines: int) -> LineAnswer:
    try:
        with transaction.atomic():
            result = put_order(
                item.snapshot, number=item.number, actor=actor, now=now, import_id=import_id, max_lines=max_lines
            )
    except Refused as no:
        return LineAnswer(item.line, item.number, "refused", refusal=no)
    except DataError as error:
        return LineAnswer(item.line, item.number, "refused", refusal=refused(MALFORMED_ORDER, reason=str(error)[:200]))
    return LineAnswer(item.line, item.number, result.outcome, result.version, result.difference_minor)
