"""Money that goes out beside what a subject's own refund gives back: told apart by the refund's reason."""

BESIDE = "compensation_beside"
FREIGHT_BACK = "freight_back"
# A protection plan that pays for a loss; its subject is the plan.
PLAN_PAYOUT = "plan_payout"
# Before the goods are there.
FLASH = "flash"
ASIDE = (BESIDE, FREIGHT_BACK)
