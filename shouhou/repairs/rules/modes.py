"""How a repair can be done, by category (REP-08), and the three routes there are for phones (REP-16)."""

from dataclasses import dataclass
from typing import Literal

from shouhou.foundation.workflow import Text

Mode = Literal["mail_in", "walk_in", "on_site", "remote"]
MODES: dict[Mode, Text] = {
    "mail_in": Text("寄修", "mail-in"),
    "walk_in": Text("到店维修", "walk-in"),
    "on_site": Text("上门维修", "on-site"),
    "remote": Text("远程指导", "remote session"),
}
AT_HOME: frozenset[str] = frozenset({"on_site", "remote"})
"""Modes with an appointment: the goods stay where they are."""
_LARGE: tuple[Mode, ...] = ("on_site", "remote")
_BY_CATEGORY: dict[str, tuple[Mode, ...]] = {
    "tv": ("on_site", "remote", "walk_in", "mail_in"), "aircon": _LARGE, "fridge": _LARGE, "washer": _LARGE,
    "phone": ("mail_in", "walk_in", "remote"), "tablet": ("mail_in", "walk_in", "remote"),
    "laptop": ("mail_in", "walk_in", "remote"), "camera": ("mail_in", "walk_in", "remote"),
    "printer": ("mail_in", "walk_in", "on_site", "remote"),
    "fresh": (), "food": (), "health_food": (), "digital_download": (), "virtual": (), "newspaper": (),
}  # fmt: skip
_OTHERWISE: tuple[Mode, ...] = ("mail_in", "walk_in", "remote")
MAINTAINED = frozenset({"aircon", "fridge", "washer", "tv", "laptop", "phone", "camera", "watch", "appliance", "printer"})
"""Categories for which maintenance can be booked (REP-10)."""
INSTALLED = frozenset({"aircon", "fridge", "washer", "tv", "appliance"})
"""Categories that are installed at home (DEF-10)."""
KINDS = {
    "repair": Text("维修", "repair"), "maintenance": Text("保养", "maintenance"), "installation": Text("安装", "installation"),
}  # fmt: skip
# What is no repair, and the goods it is for.
FOR_GOODS = {"maintenance": MAINTAINED, "installation": INSTALLED}


@dataclass(frozen=True, slots=True)
class Route:
    """One way to get a repair; `impact` says what it means for the warranty."""

    code: str
    label: Text
    impact: Text


_ROUTES = (
    Route("platform", Text("平台售后维修", "the platform's service"),
          Text("在保免费，保修不受影响。", "Free in warranty; the warranty stays as it is.")),
    Route("brand", Text("品牌官方售后", "the brand's service"),
          Text("在保免费，请带好购买记录。", "Free in warranty; bring the purchase record.")),
    Route("independent", Text("第三方维修", "an independent workshop"),
          Text("自行承担费用；未经授权的拆修可能使保修失效。",
               "At your own cost; an unauthorised repair can end the warranty.")),
)  # fmt: skip


def modes_of(category: str, *, kind: str = "repair") -> tuple[Mode, ...]:
    """The modes offered for the category, the recommended one first; empty where nothing can be done to it."""
    if kind in FOR_GOODS and category not in FOR_GOODS[kind]:
        return ()
    return ("on_site",) if kind == "installation" else _BY_CATEGORY.get(category, _OTHERWISE)


def routes_of(category: str, *, in_warranty: bool) -> tuple[Route, ...]:
    """The routes in the order of display: platform, brand, independent; out of warranty it is the same choice (REP-16)."""
    return _ROUTES if category == "phone" or not in_warranty else _ROUTES[:2]
