"""Money that goes out beside what a subject's own refund gives back: told apart by the refund's reason."""

BESIDE = "compensation_beside"
FREIGHT_BACK = "freight_back"
ASIDE = (BESIDE, FREIGHT_BACK)
