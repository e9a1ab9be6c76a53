"""The one statement that opens a case: claim, case, items, history, limits, decisions and events; all of it, or nothing."""

COLUMNS = (
    "number", "order_id", "merchant_id", "buyer_id", "service", "requested_service", "reason", "description", "status",
    "stage", "waits_on", "due_at", "version", "source", "return_method", "created_by", "on_behalf_of", "verdict",
    "book_version", "currency", "refund_minor", "freight_payer", "return_address_id", "override_reason",
)  # fmt: skip
OPEN = """
WITH wanted AS (
    SELECT * FROM jsonb_to_recordset(%(items)s::jsonb) AS x(line bigint, quantity int, condition jsonb)
), claimed AS (
    UPDATE orders_orderline l SET claimed_quantity = claimed_quantity + w.quantity
    FROM wanted w WHERE l.id = w.line AND %(claims)s::boolean RETURNING l.id
), used AS (
    UPDATE orders_order SET in_use = true WHERE id = %(order_id)s AND NOT in_use
), decided AS (
    INSERT INTO policy_decision (subject, book, book_version, engine_version, facts, reasons_mask, outcome, decided_at)
    SELECT x.subject, x.book, x.book_version, x.engine_version, x.facts, x.reasons_mask, x.outcome, %(now)s
    FROM jsonb_to_recordset(%(decisions)s::jsonb) AS x(subject text, book text, book_version text, engine_version smallint,
        facts jsonb, reasons_mask bigint, outcome jsonb)
    RETURNING id, subject
), opened AS (
    INSERT INTO cases_case (number, order_id, merchant_id, buyer_id, service, requested_service, reason, reason_detail,
        description, status, stage, waits_on, due_at, version, source, return_method, contact, created_by, on_behalf_of,
        call_note, decision_id, verdict, book, book_version, policy_shown_at, currency, refund_minor, deduction_minor,
        preview, freight_payer, fault, return_address_id, outcome, override_reason, resubmissions, claims_held, rest_sent,
        title, units, submitted_at, updated_at, details, channel_queue, head_start_minutes)
    SELECT %(number)s, %(order_id)s, %(merchant_id)s, %(buyer_id)s, %(service)s, %(requested_service)s, %(reason)s,
        %(detail)s, %(description)s, %(status)s, %(stage)s, %(waits_on)s, %(due_at)s::timestamptz, %(version)s,
        %(source)s, %(return_method)s, %(contact)s, %(created_by)s, %(on_behalf_of)s, %(call_note)s,
        (SELECT id FROM decided WHERE subject = %(decisive)s), %(verdict)s, %(book)s, %(book_version)s, %(shown)s,
        %(currency)s, %(refund_minor)s, 0, %(preview)s, %(freight_payer)s, '', %(return_address_id)s::bigint, '',
        %(override_reason)s, 0, %(claims)s::boolean, false, %(title)s, %(units)s, %(now)s, %(now)s, %(details)s,
        %(channel)s, %(head_start)s
    WHERE (SELECT count(*) FROM claimed) = %(count)s
    RETURNING id, decision_id
), itemed AS (
    INSERT INTO cases_caseitem (case_id, line_id, quantity, condition, serials, received_quantity, finding, grade,
        disposition, deduction_minor, deduction_reason, inspection)
    SELECT o.id, w.line, w.quantity, w.condition, '{}', 0, '', '', '', 0, '', '{}' FROM opened o, wanted w
), written AS (
    INSERT INTO cases_historyentry
        (case_id, version, move, from_status, to_status, role, who, name, on_behalf_of, answers, at)
    SELECT o.id, x.version, x.move, x."from", x."to", x.role, x.who, x.name, x.behalf, '{}', %(now)s
    FROM opened o, jsonb_to_recordset(%(history)s::jsonb) AS x(version int, move text, "from" text, "to" text, role text,
        who text, name text, behalf text)
), limited AS (
    INSERT INTO cases_deadline
        (case_id, name, term, waits_on, on_breach, started_at, due_at, remind_at, state, clock, failures)
    SELECT o.id, x.name, x.term, x.waits_on, x.on_breach, x.started_at, x.due_at, x.remind_at, 'open', x.clock, 0
    FROM opened o, jsonb_to_recordset(%(limits)s::jsonb) AS x(name text, term text, waits_on text, on_breach text,
        started_at timestamptz, due_at timestamptz, remind_at timestamptz, clock jsonb)
), told AS (
    INSERT INTO plumbing_event (at, type, subject, merchant_id, buyer_id, data)
    SELECT %(now)s, x.type, %(number)s, %(merchant_id)s, %(buyer_id)s, x.data
    FROM opened o, jsonb_to_recordset(%(events)s::jsonb) AS x(type text, data jsonb)
)
SELECT id, decision_id FROM opened
"""
