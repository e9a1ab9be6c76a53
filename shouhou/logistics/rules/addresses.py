"""What a courier needs to know of a door."""

from collections.abc import Mapping

# Field and its longest text; all are needed.
ADDRESS_FIELDS = {"name": 80, "phone": 32, "region": 120, "address": 240}


def kept(address: Mapping[str, object]) -> dict[str, str]:
    """Only these fields (and a stated region code), without blanks around them."""
    return {name: str(address.get(name) or "").strip() for name in (*ADDRESS_FIELDS, "region_code")}


def wrong_fields(address: Mapping[str, str]) -> dict[str, int]:
    """The fields that are missing or too long, with the longest text allowed."""
    return {name: most for name, most in ADDRESS_FIELDS.items() if not 0 < len(address[name]) <= most}
