"""What is written about shops."""

from shouhou.merchants.actions.addresses import AddressFacts, add_address, change_address, make_default, switch_off
from shouhou.merchants.actions.known import MerchantFacts, take_merchants
from shouhou.merchants.actions.notes import withdraw_note, write_note
from shouhou.merchants.actions.shop import change_shop

__all__ = [
    "AddressFacts", "MerchantFacts", "add_address", "change_address", "change_shop", "make_default", "switch_off",
    "take_merchants", "withdraw_note", "write_note",
]  # fmt: skip
