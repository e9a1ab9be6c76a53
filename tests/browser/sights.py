"""Every type of page with who may look at it: what the accessibility tests, the budgets and the pictures walk along."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Facts:
    """The numbers that addresses need: an order that can be applied for, cases in different hands."""

    order: str
    case: str
    waiting: str
    received: str
    closed: str


@dataclass(frozen=True, slots=True)
class Sight:
    """A page type. `who` is "" for a stranger, "consumer", or a role of staff; `pictured` is in docs/screenshots."""

    name: str
    who: str
    path: str
    pictured: bool = False

    def address(self, facts: Facts) -> str:
        return self.path.format(**asdict(facts))


SIGHTS = (
    Sight("home", "", "/", pictured=True),
    Sight("sign-in", "", "/sign-in/"),
    Sight("staff-sign-in", "", "/staff/sign-in/"),
    Sight("design", "", "/design/", pictured=True),
    Sight("policy", "", "/policy/"),
    Sight("nothing", "", "/nowhere/"),
    Sight("orders", "consumer", "/orders/", pictured=True),
    Sight("order", "consumer", "/orders/{order}/", pictured=True),
    Sight("apply", "consumer", "/orders/{order}/apply/?line=1", pictured=True),
    Sight("cases", "consumer", "/cases/"),
    Sight("case", "consumer", "/cases/{waiting}/", pictured=True),
    Sight("case-closed", "consumer", "/cases/{closed}/"),
    Sight("move", "consumer", "/cases/{waiting}/moves/ship/"),
    Sight("slip", "consumer", "/cases/{waiting}/slip/"),
    Sight("search", "consumer", "/search/?q={order}"),
    Sight("notices", "consumer", "/notices/", pictured=True),
    Sight("queue", "supervisor", "/staff/", pictured=True),
    Sight("queue-filtered", "supervisor", "/staff/?status=closed&shown=all"),
    Sight("keys", "supervisor", "/staff/keys/"),
    Sight("views", "supervisor", "/staff/views/"),
    Sight("staff-search", "supervisor", "/staff/search/?q=0001"),
    Sight("staff-case", "supervisor", "/staff/cases/{case}/", pictured=True),
    Sight("staff-case-closed", "supervisor", "/staff/cases/{closed}/"),
    Sight("staff-move", "supervisor", "/staff/cases/{case}/moves/reject/"),
    Sight("staff-related", "supervisor", "/staff/cases/{case}/related/"),
    Sight("staff-order", "supervisor", "/staff/orders/{order}/"),
    Sight("staff-find", "supervisor", "/staff/apply/?q={order}"),
    Sight("staff-apply", "supervisor", "/staff/orders/{order}/apply/?line=1"),
    Sight("approvals", "supervisor", "/staff/refunds/"),
    Sight("staff-notices", "supervisor", "/staff/notices/"),
    Sight("inspect", "inspector", "/inspect/", pictured=True),
    Sight("inspect-case", "inspector", "/inspect/{received}/", pictured=True),
    Sight("today", "merchant_manager", "/merchant/", pictured=True),
    Sight("merchant-addresses", "merchant_manager", "/merchant/addresses/"),
    Sight("merchant-address-new", "merchant_manager", "/merchant/addresses/new/"),
    Sight("merchant-people", "merchant_manager", "/merchant/people/"),
    Sight("merchant-settings", "merchant_manager", "/merchant/settings/"),
    Sight("merchant-orders", "merchant_manager", "/merchant/orders/"),
    Sight("operations", "operations", "/operations/", pictured=True),
    Sight("ops-stuck", "operations", "/operations/stuck/"),
    Sight("ops-jobs", "operations", "/operations/jobs/"),
    Sight("ops-audit", "operations", "/operations/audit/"),
    Sight("ops-people", "operations", "/operations/people/"),
    Sight("ops-person-new", "operations", "/operations/people/new/"),
    Sight("ops-sign-in", "operations", "/operations/sign-in/"),
    Sight("ops-books", "operations", "/operations/books/"),
    Sight("ops-calendar", "operations", "/operations/calendar/"),
    Sight("ops-texts", "operations", "/operations/texts/"),
    Sight("ops-carriers", "operations", "/operations/carriers/"),
)
DOORS = ("", "consumer", "supervisor", "inspector", "merchant_manager", "operations")


def sights_of(who: str) -> Iterator[Sight]:
    return (sight for sight in SIGHTS if sight.who == who)
