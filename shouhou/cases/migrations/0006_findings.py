"""Findings split by quantity; what was found before becomes one finding for what was accepted and one for the rest."""

from typing import ClassVar

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

# The sum over a line is what no check of one row can see.
GUARD = """
CREATE FUNCTION cases_findings_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT sum(quantity) FROM cases_finding WHERE item_id = NEW.item_id)
        > (SELECT received_quantity FROM cases_caseitem WHERE id = NEW.item_id) THEN
        RAISE EXCEPTION 'cases_finding: more found than received' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER within_received AFTER INSERT OR UPDATE ON cases_finding
    FOR EACH ROW EXECUTE FUNCTION cases_findings_guard();
"""
UNGUARD = "DROP TRIGGER within_received ON cases_finding; DROP FUNCTION cases_findings_guard();"
BACKFILL = """
INSERT INTO cases_finding (item_id, place, quantity, verdict, grade, disposition, deduction_minor, deduction_reason,
    reason, serials, checklist, note)
SELECT id, 1, accepted_quantity, 'accepted', grade, CASE WHEN disposition = 'restock' AND grade <> 'A' THEN 'open_box' ELSE disposition END,
    deduction_minor, CASE WHEN deduction_minor > 0 AND deduction_reason = '' THEN '–' ELSE deduction_reason END, '', '{}'::varchar[],
    coalesce(inspection->'checklist', '{}'::jsonb), ''
FROM cases_caseitem WHERE accepted_quantity > 0
UNION ALL
SELECT id, CASE WHEN accepted_quantity > 0 THEN 2 ELSE 1 END, received_quantity - accepted_quantity, 'rejected', grade,
    'consumer', 0, '', '', '{}'::varchar[], coalesce(inspection->'checklist', '{}'::jsonb), ''
FROM cases_caseitem WHERE accepted_quantity < received_quantity
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("cases", "0006_details")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Finding",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("place", models.SmallIntegerField()),
                ("quantity", models.IntegerField()),
                ("verdict", models.CharField(
                    choices=[("accepted", "通过 accepted"), ("rejected", "不通过 rejected")], db_collation="C", max_length=10)),
                ("grade", models.CharField(blank=True, max_length=2)),
                ("disposition", models.CharField(max_length=16)),
                ("deduction_minor", models.BigIntegerField(default=0)),
                ("deduction_reason", models.CharField(blank=True, max_length=300)),
                ("reason", models.CharField(blank=True, db_collation="C", max_length=40)),
                ("serials", django.contrib.postgres.fields.ArrayField(
                    base_field=models.CharField(max_length=80), default=list, size=None)),
                ("checklist", models.JSONField(default=dict)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("item", models.ForeignKey(
                    db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="findings", to="cases.caseitem")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["item", "place"], name="finding_place"),
                    models.CheckConstraint(
                        condition=Q(quantity__gt=0, place__gt=0, deduction_minor__gte=0)
                        & (Q(deduction_minor=0) | ~Q(deduction_reason="")),
                        name="finding_amounts",
                    ),
                    models.CheckConstraint(
                        condition=Q(verdict="accepted") | Q(verdict="rejected", disposition="consumer", deduction_minor=0),
                        name="finding_verdict",
                    ),
                    models.CheckConstraint(condition=~Q(disposition="restock") | Q(grade="A"), name="finding_new_stock"),
                ],
            },
        ),
        migrations.RunSQL(BACKFILL, migrations.RunSQL.noop),
        migrations.RunSQL(GUARD, UNGUARD),
    ]  # fmt: skip
