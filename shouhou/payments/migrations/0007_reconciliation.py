"""Reconciliation: statements and their lines, differences, the daily proof."""

import django.db.models.deletion
from django.db import migrations, models

TABLES = ("payments_differencedeed", "payments_balanceproof")
FORWARD = "".join(
    f"""
CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION payments_append_only();
CREATE TRIGGER {table}_whole BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION payments_append_only();
"""
    for table in TABLES
)
BACKWARD = "".join(f"DROP TRIGGER {table}_kept ON {table}; DROP TRIGGER {table}_whole ON {table};" for table in TABLES)


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0006_invoice_tasks'),
    ]

    operations = [
        migrations.CreateModel(
            name='BalanceProof',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('day', models.DateField()),
                ('revision', models.IntegerField()),
                ('state', models.CharField(choices=[('good', 'good'), ('waiting', 'waiting'), ('bad', 'bad')], db_collation='C', max_length=8)),
                ('content', models.JSONField()),
                ('digest', models.CharField(db_collation='C', max_length=64)),
                ('before', models.CharField(blank=True, db_collation='C', max_length=64)),
                ('sha256', models.CharField(db_collation='C', max_length=64)),
                ('made_by', models.CharField(db_collation='C', max_length=60)),
                ('made_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Difference',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('key', models.CharField(db_collation='C', max_length=120)),
                ('kind', models.CharField(db_collation='C', max_length=12)),
                ('channel', models.CharField(db_collation='C', max_length=30)),
                ('day', models.DateField()),
                ('subject', models.CharField(blank=True, db_collation='C', max_length=60)),
                ('theirs_minor', models.BigIntegerField()),
                ('ours_minor', models.BigIntegerField()),
                ('delta_minor', models.BigIntegerField(null=True)),
                ('currency', models.CharField(max_length=3)),
                ('state', models.CharField(choices=[('open', '待处理 open'), ('assigned', '处理中 being worked'), ('proposed', '待复核 awaiting the second person'), ('settled', '已了结 settled')], db_collation='C', default='open', max_length=8)),
                ('assignee', models.CharField(blank=True, db_collation='C', max_length=60)),
                ('resolution', models.CharField(blank=True, db_collation='C', max_length=12)),
                ('note', models.CharField(blank=True, max_length=500)),
                ('proof', models.CharField(blank=True, max_length=500)),
                ('proposed_by', models.CharField(blank=True, db_collation='C', max_length=60)),
                ('settled_by', models.CharField(blank=True, db_collation='C', max_length=60)),
                ('opened_at', models.DateTimeField()),
                ('settled_at', models.DateTimeField(null=True)),
                ('updated_at', models.DateTimeField()),
                ('version', models.IntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name='DifferenceDeed',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('what', models.CharField(db_collation='C', max_length=12)),
                ('by', models.CharField(db_collation='C', max_length=60)),
                ('detail', models.CharField(blank=True, max_length=600)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Statement',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('channel', models.CharField(db_collation='C', max_length=30)),
                ('sha256', models.CharField(db_collation='C', max_length=64)),
                ('name', models.CharField(max_length=120)),
                ('first_on', models.DateField()),
                ('last_on', models.DateField()),
                ('taken_by', models.CharField(db_collation='C', max_length=60)),
                ('taken_at', models.DateTimeField()),
                ('rows', models.IntegerField()),
                ('rows_new', models.IntegerField()),
                ('matched_through', models.BigIntegerField(default=0)),
                ('matched_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='StatementLine',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('place', models.IntegerField()),
                ('channel', models.CharField(db_collation='C', max_length=30)),
                ('fingerprint', models.CharField(db_collation='C', max_length=64)),
                ('kind', models.CharField(db_collation='C', max_length=10)),
                ('reference', models.CharField(blank=True, db_collation='C', max_length=120)),
                ('key', models.UUIDField(null=True)),
                ('amount_minor', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('at', models.DateTimeField()),
                ('text', models.CharField(blank=True, max_length=200)),
                ('outcome', models.CharField(blank=True, db_collation='C', max_length=12)),
            ],
        ),
        migrations.AddConstraint(
            model_name='balanceproof',
            constraint=models.UniqueConstraint(fields=('day', 'revision'), name='balance_proof_once'),
        ),
        migrations.AddConstraint(
            model_name='balanceproof',
            constraint=models.UniqueConstraint(fields=('before',), name='balance_proof_chain'),
        ),
        migrations.AddField(
            model_name='difference',
            name='charge',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='differences', to='payments.charge'),
        ),
        migrations.AddField(
            model_name='difference',
            name='part',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='differences', to='payments.refundpart'),
        ),
        migrations.AddField(
            model_name='differencedeed',
            name='difference',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deeds', to='payments.difference'),
        ),
        migrations.AddIndex(
            model_name='statement',
            index=models.Index(fields=['channel', 'last_on'], name='statement_days_of'),
        ),
        migrations.AddConstraint(
            model_name='statement',
            constraint=models.UniqueConstraint(fields=('channel', 'sha256'), name='statement_once'),
        ),
        migrations.AddConstraint(
            model_name='statement',
            constraint=models.CheckConstraint(condition=models.Q(('last_on__gte', models.F('first_on'))), name='statement_days'),
        ),
        migrations.AddConstraint(
            model_name='statement',
            constraint=models.CheckConstraint(condition=models.Q(('rows__gte', models.F('rows_new')), ('rows_new__gte', 0)), name='statement_rows'),
        ),
        migrations.AddField(
            model_name='statementline',
            name='charge',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='statement_lines', to='payments.charge'),
        ),
        migrations.AddField(
            model_name='statementline',
            name='part',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='statement_lines', to='payments.refundpart'),
        ),
        migrations.AddField(
            model_name='statementline',
            name='statement',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='payments.statement'),
        ),
        migrations.AddField(
            model_name='difference',
            name='line',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='differences', to='payments.statementline'),
        ),
        migrations.AddIndex(
            model_name='statementline',
            index=models.Index(fields=['statement', 'id'], name='statement_line_order'),
        ),
        migrations.AddIndex(
            model_name='statementline',
            index=models.Index(fields=['channel', 'at'], name='statement_line_day'),
        ),
        migrations.AddConstraint(
            model_name='statementline',
            constraint=models.UniqueConstraint(fields=('channel', 'fingerprint'), name='statement_line_once'),
        ),
        migrations.AddConstraint(
            model_name='statementline',
            constraint=models.CheckConstraint(condition=models.Q(('part', None), ('charge', None), _connector='OR'), name='statement_line_one_way'),
        ),
        migrations.AddIndex(
            model_name='difference',
            index=models.Index(fields=['state', 'id'], name='difference_state'),
        ),
        migrations.AddIndex(
            model_name='difference',
            index=models.Index(fields=['channel', 'day'], name='difference_day'),
        ),
        migrations.AddConstraint(
            model_name='difference',
            constraint=models.UniqueConstraint(fields=('key',), name='difference_key'),
        ),
        migrations.AddConstraint(
            model_name='difference',
            constraint=models.CheckConstraint(condition=models.Q(('proposed_by', ''), models.Q(('state', 'settled'), _negated=True), models.Q(('settled_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='difference_second_person'),
        ),
        migrations.AddConstraint(
            model_name='difference',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('settled_at__isnull', False), ('state', 'settled')), models.Q(models.Q(('state', 'settled'), _negated=True), ('settled_at', None)), _connector='OR'), name='difference_settled'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
