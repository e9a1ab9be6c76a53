"""The wires themselves. Order is the order of calling."""

from datetime import date, datetime, time

from shouhou.accounts import erasure as accounts_erasure
from shouhou.accounts import ports as accounts_ports
from shouhou.analytics import events as analytics_events
from shouhou.api.webhooks.actions import fan_out, redeliver
from shouhou.api.webhooks.queries import stuck_deliveries
from shouhou.cases import handlers as cases
from shouhou.cases import insured, plan_sales
from shouhou.cases.erasure import erase_cases_of, open_cases_of
from shouhou.cases.membership import follow_tiers
from shouhou.conduct import events as conduct_events
from shouhou.conduct.actions import erase_screened_of
from shouhou.doctor import examine
from shouhou.documents.actions import erase_scans_of
from shouhou.foundation.days import SHANGHAI
from shouhou.foundation.workflow import Text
from shouhou.insurance import ports as insurance_ports
from shouhou.insurance.erasure import erase_appeals_of, open_claims_of
from shouhou.logistics import ports as logistics_ports
from shouhou.logistics.actions import erase_addresses_of, unknown
from shouhou.merchants.erasure import erase_notes_of
from shouhou.notifications.actions import erase_notices, send_invitation, send_sign_in_code
from shouhou.notifications.handlers import on_event
from shouhou.orders import ports as orders_ports
from shouhou.orders.erasure import erase_orders_of
from shouhou.orders.queries import owner_of
from shouhou.payments import ports as payments_ports
from shouhou.payments.erasure import open_money_of
from shouhou.plans import handlers as plans
from shouhou.plumbing.dispatch import dispatches
from shouhou.plumbing.events import hear
from shouhou.policy.queries import book_in_force
from shouhou.repairs.erasure import erase_symptoms_of
from shouhou.sla import handlers as sla
from shouhou.sla import ports as sla_ports
from shouhou.sla.actions.capture import on_event as capture_clocks
from shouhou.support.conversations.duty import complaint_owners
from shouhou.support.conversations.erasure import erase_talks_of
from shouhou.support.satisfaction import handlers as satisfaction
from shouhou.support.satisfaction.erasure import erase_follow_ups_of
from shouhou.support.satisfaction.queries import COHORT, FORMULA, PUBLIC, figures
from shouhou.web.actions import erase_drafts_of
from shouhou.web.operations import ports as operations_ports


def wire() -> None:
    """Connect hearers to events and fill ports; called once, when every app is loaded."""
    # They declare their events when they are loaded, so that every process knows the same events.
    _ = accounts_erasure, analytics_events, conduct_events
    orders_ports.connect(book_in_force=_book_at)
    logistics_ports.hold_subject = payments_ports.hold_subject = orders_ports.hold_subject = cases.hold_case
    insurance_ports.hold_subject = cases.hold_case
    dispatches(fan_out)
    dispatches(on_event)
    dispatches(capture_clocks)
    sla_ports.connect(satisfaction=_satisfaction, words=(FORMULA, COHORT), duty=complaint_owners)
    accounts_ports.connect(sender=send_sign_in_code, owner=owner_of, inviter=send_invitation)
    accounts_ports.counts_open(open_cases_of)
    accounts_ports.counts_open(open_money_of)
    accounts_ports.counts_open(open_claims_of)
    accounts_ports.follows_tiers(follow_tiers)
    accounts_ports.erases(erase_cases_of)
    accounts_ports.erases(erase_orders_of)
    accounts_ports.erases(erase_addresses_of)
    accounts_ports.erases(unknown.erase_senders_of)
    accounts_ports.erases(erase_symptoms_of)
    accounts_ports.erases(erase_notes_of)
    accounts_ports.erases(erase_notices)
    accounts_ports.erases(erase_appeals_of)
    accounts_ports.erases(erase_drafts_of)
    accounts_ports.erases(erase_talks_of)
    accounts_ports.erases(erase_follow_ups_of)
    accounts_ports.erases(erase_screened_of)
    accounts_ports.erases(erase_scans_of)
    operations_ports.connect(examine=_health, stuck=stuck_deliveries, again=redeliver)
    hear("parcel.registered", unknown.waybill_registered)
    hear("unidentified.matched", cases.unidentified_matched)
    hear("pickup.collected", cases.pickup_collected)
    hear("pickup.attempt_failed", cases.pickup_attempt_failed)
    hear("pickup.exhausted", cases.pickup_exhausted)
    hear("pickup.suspended", cases.pickup_suspended)
    hear("parcel.tracked", cases.parcel_tracked)
    hear("parcel.delivered", cases.parcel_delivered)
    hear("stock.held", cases.stock_held)
    hear("stock.unavailable", cases.stock_unavailable)
    hear("dispatch.answered", cases.dispatch_answered)
    hear("interception.told", cases.interception_told)
    hear("trace.told", cases.trace_told)
    hear("refund.settled", cases.refund_settled)
    hear("refund.failed", cases.refund_failed)
    hear("refund.by_transfer", cases.refund_by_transfer)
    hear("refund.contradicted", cases.refund_contradicted)
    hear("prices.told", cases.prices_told)
    hear("repair.ended", plans.repair_ended)
    hear("charge.paid", cases.charge_paid)
    hear("charge.failed", cases.charge_failed)
    hear("charge.expired", cases.charge_expired)
    hear("charge.paid", plan_sales.charge_paid)
    hear("charge.failed", plan_sales.charge_failed)
    hear("charge.expired", plan_sales.charge_over)
    hear("charge.cancelled", plan_sales.charge_over)
    hear("case.moved", insured.case_moved)
    hear("case.moved", satisfaction.case_moved)
    hear("case.rated", satisfaction.case_rated)
    hear("case.moved", sla.case_moved)
    hear("insurance.attached", insured.policy_attached)
    hear("insurance.claim_approved", insured.pay_claim)
    hear("refund.settled", insured.payout_settled)
    hear("plan.claim_used", insured.plan_used)


def _health(now: datetime) -> list[operations_ports.Health]:
    """The doctor's findings as the pages of operations show them."""
    return [
        operations_ports.Health(found.level, Text(found.zh, found.en), _both(found.advice)) for found in examine(now=now)
    ]


def _satisfaction(month: date) -> list[sla_ports.MonthlySatisfaction]:
    """The month's figures as scorecards print them."""
    return [
        sla_ports.MonthlySatisfaction(
            each.merchant, each.very, each.satisfied, each.total, each.floor, each.result.score, each.result.result,
        )
        for each in figures(month, actor=PUBLIC)
    ]  # fmt: skip


def _both(advice: str) -> Text:
    """The doctor writes advice for a terminal: Chinese / English in one line, or the same for both."""
    zh, _, en = advice.partition(" / ")
    return Text(zh, en or zh)


def _book_at(day: date) -> tuple[str, str]:
    """The default book's version in force on the day (DEF-02)."""
    found = book_in_force(datetime.combine(day, time(12), SHANGHAI))
    return found.book, found.version
