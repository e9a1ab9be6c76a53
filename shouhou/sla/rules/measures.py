"""On which grounds a shop may be suspended, and whether what is named as the ground is verified (MER-11, CMP-06)."""

from shouhou.foundation.workflow import Text

GROUND_WORDS = {
    "complaint": Text("查证属实的投诉", "a verified complaint"), "violation": Text("违反时效与服务规定", "a breach of the rules"),
}  # fmt: skip
AGAINST_SHOP = "merchant"
SUBSTANTIATED = frozenset({"substantiated", "partly"})


def complaint_verified(*, finding: str, against: str, evidence: int) -> bool:
    """Found true, against the shop, with at least one piece of evidence: a claim alone harms nobody."""
    return finding in SUBSTANTIATED and against == AGAINST_SHOP and evidence >= 1
