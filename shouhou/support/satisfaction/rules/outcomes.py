"""What a follow-up call can end with, why a comment may be hidden, and who does what with satisfaction."""

from shouhou.foundation.workflow import Text

OUTCOMES = {
    "explained": Text("已联系，说明清楚", "reached: explained"),
    "solved": Text("已联系，问题解决", "reached: solved"),
    "reopened": Text("已联系，重新开启售后", "reached: the case is reopened"),
    "compensated": Text("已联系，另行补偿", "reached: a compensation is applied for"),
    "suggestion": Text("已联系，登记建议", "reached: a suggestion is noted"),
    "declined": Text("已联系，不愿沟通", "reached: does not want to talk"),
    "not_reached": Text("未接通", "not reached"),
}
# These open or reopen a case.
LEADING = frozenset({"reopened", "compensated", "suggestion"})
# So often a call is tried before "not reached" is an end (SAT-03).
TRIES_MOST = 3
# SAT-07: a poor opinion is no ground.
HIDDEN_FOR = {
    "illegal": Text("含违法违规内容", "unlawful content"), "privacy": Text("泄露他人个人信息", "somebody else's personal data"),
    "abuse": Text("辱骂、人身攻击", "abuse of a person"), "ads": Text("广告、引流", "advertising"),
}  # fmt: skip
CALLERS = frozenset({"agent", "reviewer", "supervisor"})
SHOP_PEOPLE = frozenset({"merchant_operator", "merchant_manager"})
HIDERS = frozenset({"supervisor", "operations"})
READERS = frozenset({"agent", "reviewer", "supervisor", "operations", "auditor", "arbitrator", "shop"}) | SHOP_PEOPLE
IMPROVERS = frozenset({"supervisor", "operations"})
