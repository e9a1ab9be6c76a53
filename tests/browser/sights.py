"""Every type of page with who may look at it: what the accessibility tests, the budgets and the pictures walk along."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Facts:
    """What addresses need: an order that can be applied for, one half applied for, one of the shop's; cases in different
    hands and a limit of the one that waits; the version of the rules in force; a return address of the shop; somebody of
    the house, and the way to a new password; a repair with its work order and what is to be paid for it; a parcel
    of nobody, a scan of paper, a service point; a freight claim, a shop's recharge and settlement; this month; a refund
    that was refused, an invoice to be reversed, a batch for the bank; a case that was rated poorly, a complaint to be answered; a
    notice that left the house, a call to make, the link that switches a kind of notice off."""

    order: str
    half: str
    sold: str
    case: str
    waiting: str
    received: str
    closed: str
    clock: str
    version: str
    address: str
    person: str
    reset: str
    repair: str
    work: str
    charge: str
    parcel: str
    scan: str
    point: str
    freight: str
    recharge: str
    settlement: str
    month: str
    refund: str
    invoice: str
    batch: str
    talk: str
    wrong: str
    rated: str
    complaint: str
    told: str
    call: str
    check: str
    off: str


@dataclass(frozen=True, slots=True)
class Sight:
    """A page type. `who` is "" for a stranger, "asked" for one waiting for a code, "consumer", or a role of staff;
    `pictured` is in docs/screenshots."""

    name: str
    who: str
    path: str
    pictured: bool = False

    def address(self, facts: Facts) -> str:
        return self.path.format(**asdict(facts))

    def is_at(self, url: str, facts: Facts) -> bool:
        """Whether the browser stands there and was not sent elsewhere; the link to a new password hides its secret by going on."""
        return urlsplit(url).path == urlsplit(self.address(facts)).path or self.name == "reset-link"

    @property
    def status(self) -> int:
        """What the page answers with."""
        return 404 if self.name == "nothing" else 200


SIGHTS = (
    Sight("home", "", "/", pictured=True),
    Sight("forms", "", "/forms/"),
    Sight("processes", "", "/process/"),
    Sight("process", "", "/process/repair/"),
    Sight("repairers", "", "/repairers/"),
    Sight("sign-in", "", "/sign-in/"),
    Sight("staff-sign-in", "", "/staff/sign-in/"),
    Sight("reset", "", "/staff/account/reset/"),
    Sight("reset-sent", "", "/staff/account/reset/sent/"),
    Sight("reset-done", "", "/staff/account/reset/done/"),
    Sight("inactive", "", "/staff/account/inactive/"),
    Sight("sso-cancelled", "", "/staff/account/sso-cancelled/"),
    Sight("reset-link", "", "{reset}"),
    Sight("design", "", "/design/", pictured=True),
    Sight("policy", "", "/policy/"),
    Sight("policy-version", "", "/policy/std-1/{version}/"),
    Sight("help", "", "/help/", pictured=True),
    Sight("help-found", "", "/help/?q=15"),
    Sight("help-article", "", "/help/return-process/", pictured=True),
    Sight("help-version", "", "/help/return-process/1/"),
    Sight("help-rules", "", "/help/rules/"),
    Sight("visitor", "", "/sign-in/phone/"),
    Sight("measures", "", "/measures/"),
    Sight("ratings-public", "", "/ratings/"),
    Sight("nothing", "", "/nowhere/"),
    Sight("notice-off", "", "{off}"),
    Sight("code", "asked", "/sign-in/code/"),
    Sight("orders", "consumer", "/orders/", pictured=True),
    Sight("order", "consumer", "/orders/{order}/", pictured=True),
    Sight("plans", "consumer", "/orders/{order}/plans/"),
    Sight("apply-service", "consumer", "/orders/{order}/apply/service/?line=1&q1=1", pictured=True),
    Sight("apply", "consumer", "/orders/{order}/apply/?line=1", pictured=True),
    Sight("apply-exchange", "consumer", "/orders/{order}/apply/?service=exchange&line=1"),
    Sight("apply-repair", "consumer", "/orders/{order}/apply/?service=repair&line=1", pictured=True),
    Sight("apply-resend", "consumer", "/orders/{order}/apply/?service=resend&line=1"),
    Sight("apply-price", "consumer", "/orders/{order}/apply/?service=price_protection&line=1"),
    Sight("apply-refund-only", "consumer", "/orders/{order}/apply/?service=refund_only&line=1"),
    Sight("apply-compensation", "consumer", "/orders/{order}/apply/?service=compensation&line=1"),
    Sight("apply-way", "consumer", "/orders/{half}/apply/way/", pictured=True),
    Sight("apply-confirm", "consumer", "/orders/{half}/apply/confirm/", pictured=True),
    Sight("cases", "consumer", "/cases/"),
    Sight("applied", "consumer", "/cases/{waiting}/applied/", pictured=True),
    Sight("case", "consumer", "/cases/{waiting}/", pictured=True),
    Sight("case-forms", "consumer", "/cases/{waiting}/forms/"),
    Sight("case-closed", "consumer", "/cases/{closed}/"),
    Sight("case-repair", "consumer", "/cases/{repair}/"),
    Sight("pay", "consumer", "/pay/{charge}/"),
    Sight("move-cancel", "consumer", "/cases/{waiting}/moves/cancel/"),
    Sight("move", "consumer", "/cases/{waiting}/moves/ship/"),
    Sight("slip", "consumer", "/cases/{waiting}/slip/"),
    Sight("ask", "consumer", "/ask/?case={waiting}", pictured=True),
    Sight("complain", "consumer", "/complain/", pictured=True),
    Sight("complain-feedback", "consumer", "/complain/?service=feedback&order={order}", pictured=True),
    Sight("case-complaint", "consumer", "/cases/{complaint}/"),
    Sight("talks", "consumer", "/talks/"),
    Sight("talk", "consumer", "/talks/{talk}/", pictured=True),
    Sight("search", "consumer", "/search/?q=0001"),
    Sight("sessions", "consumer", "/sessions/"),
    Sight("notices", "consumer", "/notices/", pictured=True),
    Sight("notice-settings", "consumer", "/notices/settings/"),
    Sight("case-told", "consumer", "/cases/{case}/told/"),
    Sight("queue", "supervisor", "/staff/", pictured=True),
    Sight("queue-filtered", "supervisor", "/staff/?status=closed&shown=all"),
    Sight("queue-trouble", "supervisor", "/staff/?parcel=trouble"),
    Sight("staff-talks", "supervisor", "/staff/talks/?shown=all", pictured=True),
    Sight("staff-talk", "supervisor", "/staff/talks/{talk}/", pictured=True),
    Sight("staff-talk-new", "supervisor", "/staff/talks/new/"),
    Sight("staff-replies", "supervisor", "/staff/talks/replies/"),
    Sight("staff-rota", "supervisor", "/staff/talks/rota/"),
    Sight("staff-screened", "supervisor", "/staff/talks/screened/"),
    Sight("scans", "supervisor", "/staff/scans/"),
    Sight("scan", "supervisor", "/staff/scans/{scan}/"),
    Sight("staff-complain", "supervisor", "/staff/complain/"),
    Sight("scan-complain", "supervisor", "/staff/scans/{scan}/complain/"),
    Sight("satisfaction", "supervisor", "/staff/satisfaction/", pictured=True),
    Sight("ratings", "supervisor", "/staff/ratings/"),
    Sight("rating", "supervisor", "/staff/ratings/{rated}/"),
    Sight("plans-sold", "supervisor", "/staff/plans/"),
    Sight("follow-ups", "supervisor", "/staff/follow-ups/"),
    Sight("follow-up", "supervisor", "/staff/follow-ups/{rated}/"),
    Sight("scan-key", "supervisor", "/staff/scans/{scan}/key/{order}/?line=1&service=return"),
    Sight("staff-case-forms", "supervisor", "/staff/cases/{waiting}/forms/"),
    Sight("keys", "supervisor", "/staff/keys/"),
    Sight("views", "supervisor", "/staff/views/"),
    Sight("staff-search", "supervisor", "/staff/search/?q=0001"),
    Sight("staff-case", "supervisor", "/staff/cases/{case}/", pictured=True),
    Sight("staff-case-closed", "supervisor", "/staff/cases/{closed}/"),
    Sight("staff-case-repair", "supervisor", "/staff/cases/{repair}/"),
    Sight("staff-case-complaint", "supervisor", "/staff/cases/{complaint}/"),
    Sight("staff-charge", "supervisor", "/staff/charges/{charge}/"),
    Sight("staff-move", "supervisor", "/staff/cases/{case}/moves/reject/"),
    Sight("staff-clock", "supervisor", "/staff/cases/{waiting}/clock/{clock}/"),
    Sight("staff-slip", "supervisor", "/staff/cases/{waiting}/slip/"),
    Sight("staff-related", "supervisor", "/staff/cases/{case}/related/"),
    Sight("staff-order", "supervisor", "/staff/orders/{order}/"),
    Sight("staff-find", "supervisor", "/staff/apply/?q={order}"),
    Sight("staff-apply", "supervisor", "/staff/orders/{order}/apply/?line=1"),
    Sight("staff-apply-repair", "supervisor", "/staff/orders/{order}/apply/?line=1&service=repair"),
    Sight("staff-receipt", "supervisor", "/staff/orders/{order}/receipt/1/"),
    Sight("bulk", "supervisor", "/staff/bulk/?number={case}&number={waiting}"),
    Sight("approvals", "supervisor", "/staff/refunds/"),
    Sight("stuck-refunds", "supervisor", "/staff/refunds/stuck/"),
    Sight("staff-notices", "supervisor", "/staff/notices/"),
    Sight("staff-notice-settings", "supervisor", "/staff/notices/settings/"),
    Sight("staff-case-told", "supervisor", "/staff/cases/{case}/told/"),
    Sight("statistics", "supervisor", "/staff/statistics/?by=sku"),
    Sight("team", "supervisor", "/staff/team/"),
    Sight("team-swaps", "supervisor", "/staff/team/swaps/"),
    Sight("team-training", "supervisor", "/staff/team/training/"),
    Sight("team-checks", "supervisor", "/staff/team/checks/"),
    Sight("team-check", "supervisor", "/staff/team/checks/{check}/"),
    Sight("calls", "supervisor", "/staff/calls/"),
    Sight("call", "supervisor", "/staff/calls/{call}/"),
    Sight("account", "supervisor", "/staff/account/"),
    Sight("account-app", "supervisor", "/staff/account/app/"),
    Sight("account-password", "supervisor", "/staff/account/password/"),
    Sight("account-sessions", "supervisor", "/staff/account/sessions/"),
    Sight("account-confirm", "supervisor", "/staff/account/confirm/"),
    Sight("inspect", "inspector", "/inspect/", pictured=True),
    Sight("inspect-case", "inspector", "/inspect/{received}/check/", pictured=True),
    Sight("inspect-grade", "inspector", "/inspect/{received}/grade/"),
    Sight("unidentified", "inspector", "/inspect/unidentified/"),
    Sight("unidentified-new", "inspector", "/inspect/unidentified/new/"),
    Sight("unidentified-one", "inspector", "/inspect/unidentified/{parcel}/"),
    Sight("outgoing", "inspector", "/inspect/outgoing/"),
    Sight("workshop", "technician", "/technician/", pictured=True),
    Sight("workshop-list", "technician", "/technician/list/"),
    Sight("workshop-day", "technician", "/technician/day/"),
    Sight("workshop-order", "technician", "/technician/{work}/"),
    Sight("counter", "clerk", "/desk/", pictured=True),
    Sight("counter-case", "clerk", "/desk/{case}/"),
    Sight("counter-repair", "clerk", "/desk/{repair}/"),
    Sight("counter-ticket", "clerk", "/desk/{repair}/ticket/"),
    Sight("counter-loans", "clerk", "/desk/loans/"),
    Sight("today", "merchant_manager", "/merchant/", pictured=True),
    Sight("merchant-addresses", "merchant_manager", "/merchant/addresses/"),
    Sight("merchant-invitations", "merchant_manager", "/merchant/people/invitations/"),
    Sight("merchant-address-new", "merchant_manager", "/merchant/addresses/new/"),
    Sight("merchant-address", "merchant_manager", "/merchant/addresses/{address}/"),
    Sight("merchant-people", "merchant_manager", "/merchant/people/"),
    Sight("merchant-person-new", "merchant_manager", "/merchant/people/new/"),
    Sight("merchant-invite", "merchant_manager", "/merchant/people/invite/"),
    Sight("merchant-settings", "merchant_manager", "/merchant/settings/"),
    Sight("merchant-satisfaction", "merchant_manager", "/staff/satisfaction/"),
    Sight("merchant-talks", "merchant_manager", "/staff/talks/"),
    Sight("merchant-orders", "merchant_manager", "/merchant/orders/"),
    Sight("merchant-order", "merchant_manager", "/merchant/orders/{sold}/"),
    Sight("merchant-money", "merchant_manager", "/merchant/money/", pictured=True),
    Sight("merchant-invoices", "merchant_manager", "/merchant/invoices/?state=all"),
    Sight("merchant-clocks", "merchant_manager", "/merchant/clocks/", pictured=True),
    Sight("merchant-breaches", "merchant_manager", "/merchant/breaches/"),
    Sight("merchant-scorecards", "merchant_manager", "/merchant/scorecards/"),
    Sight("merchant-scorecard", "merchant_manager", "/merchant/scorecards/{month}/", pictured=True),
    Sight("merchant-standing", "merchant_manager", "/merchant/standing/"),
    Sight("merchant-recharges", "merchant_manager", "/merchant/money/recharges/"),
    Sight("merchant-recharge", "merchant_manager", "/merchant/money/recharges/{recharge}/"),
    Sight("merchant-statement", "merchant_manager", "/merchant/money/statements/{month}/", pictured=True),
    Sight("finance", "supervisor", "/finance/", pictured=True),
    Sight("finance-refunds", "supervisor", "/finance/refunds/?state=all"),
    Sight("finance-refund", "supervisor", "/finance/refunds/{refund}/"),
    Sight("finance-batches", "supervisor", "/finance/batches/"),
    Sight("finance-batch", "supervisor", "/finance/batches/{batch}/"),
    Sight("finance-invoices", "supervisor", "/finance/invoices/?state=all"),
    Sight("finance-invoice", "supervisor", "/finance/invoices/{invoice}/"),
    Sight("finance-claims", "supervisor", "/finance/claims/"),
    Sight("finance-merchants", "supervisor", "/finance/merchants/", pictured=True),
    Sight("finance-merchant", "supervisor", "/finance/merchants/shops/self/"),
    Sight("finance-merchant-statement", "supervisor", "/finance/merchants/shops/self/statements/{month}/"),
    Sight("finance-recharges", "supervisor", "/finance/merchants/recharges/"),
    Sight("finance-recharge", "supervisor", "/finance/merchants/recharges/{recharge}/"),
    Sight("finance-settlements", "supervisor", "/finance/merchants/settlements/"),
    Sight("finance-settlement", "supervisor", "/finance/merchants/settlements/{settlement}/"),
    Sight("finance-reconciliation", "supervisor", "/finance/reconciliation/", pictured=True),
    Sight("finance-couriers", "supervisor", "/finance/couriers/?outcome=all"),
    Sight("finance-wrong", "supervisor", "/finance/wrong/?state=all"),
    Sight("finance-wrong-charge", "supervisor", "/finance/wrong/charges/{wrong}/"),
    Sight("finance-statements", "supervisor", "/finance/statements/"),
    Sight("finance-ledger", "supervisor", "/finance/ledger/", pictured=True),
    Sight("finance-account", "supervisor", "/finance/ledger/accounts/tender:fake:card/"),
    Sight("finance-postings", "supervisor", "/finance/ledger/postings/"),
    Sight("finance-balance", "supervisor", "/finance/balance/", pictured=True),
    Sight("insurer", "insurer", "/insurer/", pictured=True),
    Sight("insurer-claim", "insurer", "/insurer/{freight}/", pictured=True),
    Sight("insurer-bulk", "insurer", "/insurer/bulk/?number={freight}"),
    Sight("operations", "operations", "/operations/", pictured=True),
    Sight("ops-stuck", "operations", "/operations/stuck/"),
    Sight("ops-jobs", "operations", "/operations/jobs/"),
    Sight("ops-audit", "operations", "/operations/audit/"),
    Sight("ops-people", "operations", "/operations/people/"),
    Sight("ops-person-new", "operations", "/operations/people/new/"),
    Sight("ops-invite", "operations", "/operations/people/invite/"),
    Sight("ops-invitations", "operations", "/operations/people/invitations/"),
    Sight("ops-sign-in", "operations", "/operations/sign-in/"),
    Sight("ops-person", "operations", "/operations/people/{person}/"),
    Sight("ops-books", "operations", "/operations/books/"),
    Sight("ops-book", "operations", "/operations/books/std-1/{version}/"),
    Sight("ops-compare", "operations", "/operations/books/std-1/compare/"),
    Sight("ops-calendar", "operations", "/operations/calendar/"),
    Sight("ops-clocks", "operations", "/operations/clocks/", pictured=True),
    Sight("ops-breaches", "operations", "/operations/breaches/"),
    Sight("ops-scorecards", "operations", "/operations/scorecards/"),
    Sight("ops-suspensions", "operations", "/operations/suspensions/"),
    Sight("ops-penalties", "operations", "/operations/penalties/"),
    Sight("ops-conduct", "operations", "/operations/conduct/?shown=all"),
    Sight("ops-notices", "operations", "/operations/notices/"),
    Sight("ops-notice", "operations", "/operations/notices/{told}/"),
    Sight("ops-notice-ways", "operations", "/operations/notice-ways/"),
    Sight("ops-texts", "operations", "/operations/texts/"),
    Sight("ops-text", "operations", "/operations/texts/approved/"),
    Sight("ops-help", "operations", "/operations/help/"),
    Sight("ops-help-article", "operations", "/operations/help/return-process/"),
    Sight("ops-help-new", "operations", "/operations/help/new/"),
    Sight("ops-carriers", "operations", "/operations/carriers/"),
    Sight("ops-pickups", "operations", "/operations/pickups/"),
    Sight("ops-points", "operations", "/operations/points/", pictured=True),
    Sight("ops-point-new", "operations", "/operations/points/new/"),
    Sight("ops-points-import", "operations", "/operations/points/import/"),
    Sight("ops-point", "operations", "/operations/points/{point}/"),
)
DOORS = ("", "asked", "consumer", "supervisor", "inspector", "technician", "clerk", "merchant_manager", "operations", "insurer")


def sights_of(who: str) -> Iterator[Sight]:
    return (sight for sight in SIGHTS if sight.who == who)
