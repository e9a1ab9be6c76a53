"""What was booked as overpaid before somebody saw to it (0013) is seen to as well: one row for each booking that has none.

The refund behind it is the one whose part the booking names, or the difference it settled; else one of the same subject and buyer.
"""

from django.db import migrations

ROWS = """
INSERT INTO payments_overpayment (key, refund_id, amount_minor, currency, state, rounds, reason, proposed_by, settled_by,
    opened_at, updated_at)
SELECT booked.wanted, behind.id, booked.amount_minor, booked.currency, 'open', 0, '', '', '', booked.at, booked.at
FROM (
    SELECT t.subject, t.at, sum(p.amount_minor)::bigint AS amount_minor, p.currency, split_part(p.source, ':', 2) AS buyer,
        CASE WHEN t.key LIKE 'contradicted:refund_overpaid:%' THEN 'part:' || substr(t.key, length('contradicted:refund_overpaid:') + 1)
             WHEN t.key LIKE 'difference:%' THEN t.key ELSE 'transfer:' || t.id END AS wanted
    FROM ledger_transfer t JOIN ledger_posting p ON p.transfer_id = t.id
    WHERE t.recipe = 'refund_overpaid' AND t.phase = 'posted'
    GROUP BY t.id, t.subject, t.at, t.key, p.currency, p.source
) booked
JOIN LATERAL (
    SELECT r.id FROM payments_refund r JOIN payments_refundpart a ON a.refund_id = r.id
        LEFT JOIN payments_difference d ON d.part_id = a.id AND 'difference:' || d.id = booked.wanted
    WHERE r.currency = booked.currency AND r.buyer_id::text = booked.buyer AND (r.subject = booked.subject OR d.id IS NOT NULL)
    ORDER BY ('part:' || a.idempotency_key = booked.wanted OR d.id IS NOT NULL) DESC, r.id
    LIMIT 1
) behind ON true
ON CONFLICT (key) DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0015_wanted_routes"), ("ledger", "0004_counted")]
    operations = [migrations.RunSQL(ROWS, migrations.RunSQL.noop)]
