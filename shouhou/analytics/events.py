"""What the figures announce."""

from shouhou.plumbing.events import event_type

QUALITY_ALERTED = event_type(
    "quality.alerted", zh="商品质量预警", en="too many of one SKU come back as defective", number="the SKU", text="its title",
    percent="the defect rate in per cent, to one place", defective="units applied for as defective in the period",
    sold="units ordered in it", since="its first day, YYYY-MM-DD", day="its last day, YYYY-MM-DD",
)  # fmt: skip
