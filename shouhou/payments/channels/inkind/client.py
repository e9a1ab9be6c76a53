"""Coupons and points go back at the shop: our row is the payment, the shop gives them back when it reads the feed.

The event `refund.part_settled` with `in_kind: true` and the refund's number is the shop's instruction; the feed is
complete and ordered, so it is given exactly once.
"""

from collections.abc import Mapping
from uuid import UUID

from shouhou.payments.channels.base import Callback, ChannelAnswer, Paid


class InKind:
    """Settles at once; nothing leaves the building."""

    def refund(
        self, *, key: UUID, amount_minor: int, currency: str, reference: str, paid: Paid
    ) -> ChannelAnswer:  # fmt: skip
        return ChannelAnswer("settled", reference=f"inkind-{key}", amount_minor=amount_minor)

    def query(self, *, key: UUID, paid: Paid) -> ChannelAnswer:
        return ChannelAnswer("not_known")

    def read_callback(self, *, headers: Mapping[str, str], body: bytes) -> Callback | None:
        return None
