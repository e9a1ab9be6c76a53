"""The texts: one template for each thing that is said, in both languages, as data."""

from shouhou.notifications.templates.clocks import CLOCKS
from shouhou.notifications.templates.ends import ENDS
from shouhou.notifications.templates.goods import GOODS
from shouhou.notifications.templates.insurance import INSURANCE
from shouhou.notifications.templates.money import MONEY
from shouhou.notifications.templates.plans import PLANS
from shouhou.notifications.templates.repair import REPAIR
from shouhou.notifications.templates.review import REVIEW
from shouhou.notifications.templates.shop_money import SHOP_MONEY
from shouhou.notifications.templates.short import SHORT, shortened
from shouhou.notifications.templates.staff import STAFF
from shouhou.notifications.templates.talk import TALK
from shouhou.notifications.templates.team import TEAM
from shouhou.notifications.templates.template import Template, rendered
from shouhou.notifications.templates.travel import TRAVEL

TEMPLATES: dict[str, Template] = {
    one.name: one
    for one in (*REVIEW, *GOODS, *TRAVEL, *MONEY, *INSURANCE, *REPAIR, *ENDS, *STAFF, *PLANS, *SHOP_MONEY, *CLOCKS, *TALK, *TEAM)
}

__all__ = ["SHORT", "TEMPLATES", "Template", "rendered", "shortened"]
