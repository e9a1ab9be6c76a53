"""A picture for goods whose photo the shop has and we do not: what family they are of."""

from functools import lru_cache

from django import template
from django.utils.safestring import SafeString, mark_safe
from lucide.templatetags.lucide import lucide

register = template.Library()

SIZE = 26
GENERIC = "package"
PICTURES = {
    "phone": "smartphone", "laptop": "laptop", "computer": "laptop", "tablet": "tablet", "camera": "camera",
    "battery": "battery-charging", "charger": "plug", "wired_earphone": "headphones", "earphone": "headphones", "tv": "tv",
    "aircon": "air-vent", "fridge": "refrigerator", "washer": "washing-machine", "appliance": "cooking-pot", "kettle": "coffee",
    "printer": "printer", "ink": "droplet", "apparel": "shirt", "shoes": "footprints", "bags": "handbag", "toys": "toy-brick",
    "home_textile": "bed-double", "home": "sofa", "food": "wheat", "health_food": "pill", "fresh": "apple",
    "cosmetics": "sparkles", "personal_care": "soap-dispenser-droplet", "intimate": "shirt", "medical_device": "stethoscope",
    "family_planning": "heart-pulse", "custom_made": "pen-tool", "digital_download": "download", "virtual": "download",
    "software": "download", "boxed_software": "disc-3", "newspaper": "newspaper", "book": "book-open", "jewelry": "gem",
    "gold": "gem", "diamond": "gem", "watch": "watch", "accessory": "glasses",
}  # fmt: skip


@register.filter
@lru_cache(maxsize=64)
def pictogram(category: str) -> SafeString:
    """The outline of a family of goods; a parcel for one that is not known."""
    return mark_safe(lucide(PICTURES.get(category, GENERIC), size=SIZE))  # noqa: S308 - the package's own drawing
