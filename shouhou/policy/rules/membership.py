"""What a membership adds: the queue follows today's tier, advance replacement the tier at the order (MEM-01…04)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Privileges:
    priority: str
    queue: str
    advance_replacement: bool


def privileges(
    *, member_at_order: bool, member_now: bool, service: str, reason: str, defect_status: str
) -> Privileges:
    """Nothing here takes anything from a non-member: windows and limits are the same (MEM-01)."""
    advance = member_at_order and service == "exchange" and reason == "quality" and defect_status == "verified"
    return Privileges("high" if member_now else "normal", "plus_vip" if member_now else "standard", advance)
