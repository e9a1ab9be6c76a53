"""A bank account that the buyer has chosen: no program pays there, finance transfers it and gives the bank's proof."""

from collections.abc import Mapping
from uuid import UUID

from shouhou.payments.channels.base import Callback, ChannelAnswer, Paid

BY_TRANSFER = "BY_TRANSFER"


class Transfer:
    """Hands every part to finance at once; nothing leaves the building."""

    def refund(
        self, *, key: UUID, amount_minor: int, currency: str, reference: str, paid: Paid
    ) -> ChannelAnswer:  # fmt: skip
        return ChannelAnswer("refused", code=BY_TRANSFER)

    def query(self, *, key: UUID, paid: Paid) -> ChannelAnswer:
        return ChannelAnswer("not_known")

    def read_callback(self, *, headers: Mapping[str, str], body: bytes) -> Callback | None:
        return None
