"""The database itself counts every posting, whoever writes it; what is written already is counted once, here."""

from django.db import migrations

FIGURES = "account, currency, day, in_minor, out_minor, pending_minor, posted, pending"
# Both sides of the postings `p` of the transfers `t`, one row for each account and day.
SIDES = """
SELECT side.account, p.currency, (t.at AT TIME ZONE 'Asia/Shanghai')::date,
  coalesce(sum(p.amount_minor) FILTER (WHERE t.phase = 'posted' AND side.sign = 1), 0),
  coalesce(sum(p.amount_minor) FILTER (WHERE t.phase = 'posted' AND side.sign = -1), 0),
  {pending} * coalesce(sum(side.sign * p.amount_minor) FILTER (WHERE t.phase = 'pending'), 0),
  count(*) FILTER (WHERE t.phase = 'posted'), {pending} * count(*) FILTER (WHERE t.phase = 'pending')
FROM {postings} p JOIN ledger_transfer t ON t.id = p.transfer_id
CROSS JOIN LATERAL (VALUES (p.source, -1), (p.destination, 1)) side (account, sign)
WHERE {chosen} GROUP BY 1, 2, 3
"""
UNRESOLVED = "(t.phase = 'posted' OR (t.phase = 'pending' AND NOT EXISTS (SELECT 1 FROM ledger_transfer r WHERE r.resolves_id = t.id)))"
FORWARD = f"""
CREATE FUNCTION ledger_count_postings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ledger_tail ({FIGURES}) {SIDES.format(pending="1", postings="written", chosen=UNRESOLVED)};
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_posting_counted AFTER INSERT ON ledger_posting
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION ledger_count_postings();

CREATE FUNCTION ledger_count_resolution() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ledger_tail ({FIGURES}) {SIDES.format(pending="-1", postings="ledger_posting", chosen="t.id = NEW.resolves_id AND t.phase = 'pending'")};
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_transfer_counted AFTER INSERT ON ledger_transfer
    FOR EACH ROW WHEN (NEW.resolves_id IS NOT NULL) EXECUTE FUNCTION ledger_count_resolution();

INSERT INTO ledger_tail ({FIGURES}) {SIDES.format(pending="1", postings="ledger_posting", chosen=UNRESOLVED)};
"""  # noqa: S608
BACKWARD = """
DROP TRIGGER ledger_posting_counted ON ledger_posting;
DROP TRIGGER ledger_transfer_counted ON ledger_transfer;
DROP FUNCTION ledger_count_postings();
DROP FUNCTION ledger_count_resolution();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_turnovers")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
