"""What is known of shops: who they are and where goods go back to."""

from shouhou.merchants.models import Merchant, ReturnAddress


def return_addresses(merchant_id: int) -> list[ReturnAddress]:
    """The shop's living return addresses, the default first."""
    return list(ReturnAddress.objects.filter(merchant=merchant_id, active=True).order_by("-is_default", "id"))


def merchants() -> list[Merchant]:
    """Every active shop, the self-operated first."""
    return list(Merchant.objects.filter(active=True).order_by("channel", "code"))
