"""Who does what with clocks, breaches and measures."""

SHOP_PEOPLE = frozenset({"merchant_operator", "merchant_manager"})
READERS = frozenset({"agent", "reviewer", "supervisor", "operations", "auditor", "arbitrator", "finance"}) | SHOP_PEOPLE
APPELLANTS = SHOP_PEOPLE
# Whoever decides an appeal has not recorded the breach: the clock has. A measure is decided by another person than ordered it.
JUDGES = frozenset({"supervisor", "arbitrator"})
KEEPERS = frozenset({"operations"})
ORDERERS = frozenset({"supervisor", "operations"})
