"""From the parcels of a snapshot to the receipt date of each line."""

from collections.abc import Mapping

from shouhou.orders.receipt import NO_CONSENT, Manual, ParcelFacts, receipt_of
from shouhou.orders.rows import Received
from shouhou.orders.snapshot import Snapshot

NOT_SHIPPED: Received = (None, "undetermined")


def receipts_of(snapshot: Snapshot, found: Mapping[int, Manual]) -> dict[int, Received]:
    """Line number → (received_on, source); `found` are agents' findings by line. A parcel without lines carries all."""
    if not snapshot.shipments and not found:
        return {line.line: NOT_SHIPPED for line in snapshot.lines}
    parcels = [
        (frozenset(s.lines), ParcelFacts(s.carrier, s.signed_at, s.arrived_at, _kind(s.arrival_kind)))
        for s in snapshot.shipments
    ]
    if not found and not any(lines for lines, _ in parcels):
        receipt = receipt_of([parcel for _, parcel in parcels])
        same = (receipt.received_on, receipt.source)
        return {line.line: same for line in snapshot.lines}
    answer: dict[int, Received] = {}
    for line in snapshot.lines:
        mine = [parcel for lines, parcel in parcels if not lines or line.line in lines]
        receipt = receipt_of(mine, manual=found.get(line.line))
        answer[line.line] = receipt.received_on, receipt.source
    return answer


def _kind(arrival_kind: str) -> str:
    """A station without consent is as little a receipt as a locker without (X-07)."""
    return NO_CONSENT if arrival_kind.endswith("_no_consent") else arrival_kind
