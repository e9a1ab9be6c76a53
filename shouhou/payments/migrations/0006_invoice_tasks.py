"""Invoice tasks grow out of red reversals; batches, other routes and papers of refunds."""

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from shouhou.foundation.ids import new_number

FORWARD = """
CREATE TRIGGER payments_invoice_step_kept BEFORE UPDATE OR DELETE ON payments_invoicestep
    FOR EACH ROW EXECUTE FUNCTION payments_append_only();
CREATE TRIGGER payments_invoice_step_whole BEFORE TRUNCATE ON payments_invoicestep
    FOR EACH STATEMENT EXECUTE FUNCTION payments_append_only();
"""
BACKWARD = """
DROP TRIGGER payments_invoice_step_kept ON payments_invoicestep;
DROP TRIGGER payments_invoice_step_whole ON payments_invoicestep;
"""


def fill(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """What is drafted already gets a number and its refund's subject."""
    for task in apps.get_model("payments", "InvoiceTask").objects.select_related("refund", "order"):
        task.number, task.subject, task.currency = new_number("IV"), task.refund.subject, task.refund.currency
        task.updated_at, task.whole = task.created_at, task.amount_minor == task.order.invoice_minor
        task.save()


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0005_interceptions'),
        ('payments', '0005_long_pay_url'),
        ('plumbing', '0003_answers_unpacked'),
    ]

    operations = [
        migrations.RenameModel('InvoiceReversal', 'InvoiceTask'),
        migrations.CreateModel(
            name='BatchRow',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('place', models.IntegerField()),
                ('amount_minor', models.BigIntegerField()),
                ('payee', models.CharField(max_length=80)),
                ('bank', models.CharField(blank=True, max_length=80)),
                ('account', models.CharField(max_length=60)),
                ('state', models.CharField(choices=[('waiting', '待付 to be paid'), ('paid', '已付 paid'), ('failed', '未付成 not paid'), ('dropped', '已撤出 taken out')], db_collation='C', default='waiting', max_length=10)),
                ('reference', models.CharField(blank=True, max_length=120)),
                ('why', models.CharField(blank=True, max_length=300)),
                ('ended_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='InvoiceStep',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('what', models.CharField(db_collation='C', max_length=12)),
                ('by', models.CharField(db_collation='C', max_length=60)),
                ('at', models.DateTimeField()),
                ('note', models.CharField(blank=True, max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name='OtherRoute',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('payee', models.CharField(max_length=80)),
                ('bank', models.CharField(blank=True, max_length=80)),
                ('account', models.CharField(max_length=60)),
                ('consent', models.CharField(max_length=300)),
                ('by', models.CharField(db_collation='C', max_length=60)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='RefundBatch',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('number', models.CharField(db_collation='C', max_length=20)),
                ('key', models.CharField(db_collation='C', max_length=100)),
                ('state', models.CharField(choices=[('drafted', '待复核 awaiting the second person'), ('released', '已放行 released'), ('done', '已完成 done'), ('cancelled', '已取消 cancelled')], db_collation='C', default='drafted', max_length=10)),
                ('currency', models.CharField(max_length=3)),
                ('rows_count', models.IntegerField()),
                ('total_minor', models.BigIntegerField()),
                ('made_by', models.CharField(db_collation='C', max_length=60)),
                ('made_at', models.DateTimeField()),
                ('released_by', models.CharField(blank=True, db_collation='C', max_length=60)),
                ('released_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='RefundPaper',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('by', models.CharField(db_collation='C', max_length=60)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='invoicetask',
            name='invoice_reversal_amount',
        ),
        migrations.AddField(
            model_name='invoicetask',
            name='charge',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='invoice_task', to='payments.charge'),
        ),
        migrations.AddField(
            model_name='invoicetask',
            name='confirmation',
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AddField(
            model_name='invoicetask',
            name='currency',
            field=models.CharField(default='CNY', max_length=3),
        ),
        migrations.AddField(
            model_name='invoicetask',
            name='issued_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='invoicetask',
            name='issued_number',
            field=models.CharField(blank=True, db_collation='C', max_length=60),
        ),
        migrations.AddField(
            model_name='invoicetask',
            name='kind',
            field=models.CharField(choices=[('red', '红字 red'), ('blue', '蓝字 blue')], db_collation='C', default='red', max_length=4),
        ),
        migrations.AddField(
            model_name='invoicetask',
            name='needs_confirmation',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='invoicetask',
            name='number',
            field=models.CharField(db_collation='C', default='', max_length=20),
        ),
        migrations.AddField(
            model_name='invoicetask',
            name='subject',
            field=models.CharField(db_collation='C', default='', max_length=60),
        ),
        migrations.AddField(
            model_name='invoicetask',
            name='updated_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='invoicetask',
            name='version',
            field=models.IntegerField(default=1),
        ),
        migrations.AddField(
            model_name='invoicetask',
            name='whole',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='invoicetask',
            name='why',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AlterField(
            model_name='invoicetask',
            name='order',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invoice_tasks', to='orders.order'),
        ),
        migrations.AlterField(
            model_name='invoicetask',
            name='reason',
            field=models.CharField(blank=True, choices=[('01', '开票有误 wrong issue'), ('02', '销货退回 sales return'), ('03', '服务中止 service ended'), ('04', '销售折让 sales allowance')], db_collation='C', max_length=2),
        ),
        migrations.AlterField(
            model_name='invoicetask',
            name='refund',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='invoice_task', to='payments.refund'),
        ),
        migrations.AlterField(
            model_name='invoicetask',
            name='state',
            field=models.CharField(choices=[('drafted', '待开具 drafted'), ('confirmed', '已确认 confirmed'), ('issued', '已开具 issued'), ('rejected', '被退回 rejected'), ('cancelled', '已取消 cancelled')], db_collation='C', default='drafted', max_length=10),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='invoicetask',
            name='updated_at',
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name='invoicetask',
            name='number',
            field=models.CharField(db_collation='C', max_length=20),
        ),
        migrations.AlterField(
            model_name='invoicetask',
            name='subject',
            field=models.CharField(db_collation='C', max_length=60),
        ),
        migrations.AddIndex(
            model_name='invoicetask',
            index=models.Index(fields=['state', 'id'], name='invoice_task_state'),
        ),
        migrations.AddIndex(
            model_name='invoicetask',
            index=models.Index(fields=['subject'], name='invoice_task_subject'),
        ),
        migrations.AddConstraint(
            model_name='invoicetask',
            constraint=models.UniqueConstraint(fields=('number',), name='invoice_task_number'),
        ),
        migrations.AddConstraint(
            model_name='invoicetask',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='invoice_task_amount'),
        ),
        migrations.AddConstraint(
            model_name='invoicetask',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('charge', None), ('kind', 'red'), ('refund__isnull', False), models.Q(('reason', ''), _negated=True)), models.Q(('charge__isnull', False), ('kind', 'blue'), ('reason', ''), ('refund', None)), _connector='OR'), name='invoice_task_source'),
        ),
        migrations.AddConstraint(
            model_name='invoicetask',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'issued'), models.Q(('issued_number', ''), _negated=True), ('issued_at__isnull', False)), models.Q(models.Q(('state', 'issued'), _negated=True), ('issued_at', None), ('issued_number', '')), _connector='OR'), name='invoice_task_issued'),
        ),
        migrations.AddConstraint(
            model_name='invoicetask',
            constraint=models.UniqueConstraint(condition=models.Q(('issued_number', ''), _negated=True), fields=('issued_number',), name='invoice_task_issued_number'),
        ),
        migrations.AddField(
            model_name='batchrow',
            name='refund',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='batch_rows', to='payments.refund'),
        ),
        migrations.AddField(
            model_name='invoicestep',
            name='task',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='payments.invoicetask'),
        ),
        migrations.AddField(
            model_name='otherroute',
            name='refund',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='other_routes', to='payments.refund'),
        ),
        migrations.AddIndex(
            model_name='refundbatch',
            index=models.Index(fields=['state', 'id'], name='refund_batch_state'),
        ),
        migrations.AddConstraint(
            model_name='refundbatch',
            constraint=models.UniqueConstraint(fields=('number',), name='refund_batch_number'),
        ),
        migrations.AddConstraint(
            model_name='refundbatch',
            constraint=models.UniqueConstraint(fields=('key',), name='refund_batch_key'),
        ),
        migrations.AddConstraint(
            model_name='refundbatch',
            constraint=models.CheckConstraint(condition=models.Q(('rows_count__gt', 0), ('total_minor__gt', 0)), name='refund_batch_amounts'),
        ),
        migrations.AddConstraint(
            model_name='refundbatch',
            constraint=models.CheckConstraint(condition=models.Q(('released_by', ''), models.Q(('released_by', models.F('made_by')), _negated=True), _connector='OR'), name='refund_batch_second_person'),
        ),
        migrations.AddField(
            model_name='batchrow',
            name='batch',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rows', to='payments.refundbatch'),
        ),
        migrations.AddField(
            model_name='refundpaper',
            name='refund',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='payments.refund'),
        ),
        migrations.AddField(
            model_name='refundpaper',
            name='upload',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='refund_paper', to='plumbing.upload'),
        ),
        migrations.AddConstraint(
            model_name='batchrow',
            constraint=models.UniqueConstraint(fields=('batch', 'place'), name='batch_row_place'),
        ),
        migrations.AddConstraint(
            model_name='batchrow',
            constraint=models.UniqueConstraint(fields=('batch', 'refund'), name='batch_row_once'),
        ),
        migrations.AddConstraint(
            model_name='batchrow',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('refund',), name='batch_row_waits_once'),
        ),
        migrations.AddConstraint(
            model_name='batchrow',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='batch_row_amount'),
        ),
        migrations.AddConstraint(
            model_name='batchrow',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'paid'), _negated=True), models.Q(('reference', ''), _negated=True), _connector='OR'), name='batch_row_proof'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
