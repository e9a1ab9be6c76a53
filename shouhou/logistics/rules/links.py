"""Where a courier's waybill can be looked up, for those whose own page takes the number in its address."""

from collections.abc import Mapping
from urllib.parse import quote

LINKS: Mapping[str, str] = {
    "SF": "https://www.sf-express.com/chn/sc/waybill/waybill-detail/{number}",
    "FEDEX": "https://www.fedex.com/fedextrack/?trknbr={number}",
}


def tracking_link(courier: str, number: str, *, settled: Mapping[str, str]) -> str:
    """The page on which this number is looked up: as the house has `settled`, else the courier's own; "" when unknown."""
    link = settled.get(courier) or LINKS.get(courier, "")
    return link.replace("{number}", quote(number, safe="")) if number else ""
