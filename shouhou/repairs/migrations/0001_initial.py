"""The workshop's tables."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='WorkOrder',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('number', models.CharField(db_collation='C', max_length=20)),
                ('key', models.CharField(db_collation='C', max_length=80)),
                ('subject', models.CharField(db_collation='C', max_length=60)),
                ('round', models.SmallIntegerField(default=1)),
                ('merchant_id', models.BigIntegerField(null=True)),
                ('buyer_id', models.BigIntegerField(null=True)),
                ('kind', models.CharField(choices=[('repair', '维修 repair'), ('maintenance', '保养 maintenance')], db_collation='C', default='repair', max_length=12)),
                ('mode', models.CharField(db_collation='C', max_length=10)),
                ('point_code', models.CharField(blank=True, db_collation='C', max_length=24)),
                ('line_id', models.BigIntegerField()),
                ('sku', models.CharField(max_length=80)),
                ('title', models.CharField(max_length=240)),
                ('category', models.CharField(db_collation='C', max_length=60)),
                ('serial', models.CharField(blank=True, db_collation='C', max_length=80)),
                ('fault', models.CharField(blank=True, db_collation='C', max_length=40)),
                ('symptom', models.CharField(blank=True, max_length=2000)),
                ('state', models.CharField(choices=[('waiting', '待到件 waiting'), ('booked', '已预约 booked'), ('diagnosing', '检测中 diagnosing'), ('quoting', '待报价 quoting'), ('quoted', '待消费者确认 quoted'), ('repairing', '维修中 repairing'), ('waiting_parts', '待配件 waiting_parts'), ('testing', '待测试 testing'), ('ready', '待交还 ready'), ('out', '已交还 out'), ('ended', '已结束 ended')], db_collation='C', max_length=14)),
                ('technician', models.CharField(blank=True, db_collation='C', max_length=60)),
                ('technician_name', models.CharField(blank=True, max_length=120)),
                ('scope', models.CharField(blank=True, db_collation='C', max_length=3)),
                ('finding', models.CharField(blank=True, db_collation='C', max_length=14)),
                ('cause', models.CharField(blank=True, db_collation='C', max_length=24)),
                ('result', models.CharField(blank=True, db_collation='C', max_length=14)),
                ('waiting_for', models.CharField(blank=True, db_collation='C', max_length=10)),
                ('waiting_since', models.DateTimeField(null=True)),
                ('consumer_wait', models.BigIntegerField(default=0)),
                ('parts_wait', models.BigIntegerField(default=0)),
                ('no_shows', models.SmallIntegerField(default=0)),
                ('handed_over', models.CharField(blank=True, db_collation='C', max_length=12)),
                ('opened_at', models.DateTimeField()),
                ('came_in_at', models.DateTimeField(null=True)),
                ('went_out_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('updated_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': '维修工单 Work orders',
                'verbose_name_plural': '维修工单 Work orders',
                'indexes': [models.Index(fields=['line_id'], name='work_order_line'), models.Index(condition=models.Q(('ended_at', None)), fields=['state', 'opened_at', 'id'], name='work_order_board'), models.Index(condition=models.Q(('technician', ''), _negated=True), fields=['technician', 'opened_at', 'id'], name='work_order_mine'), models.Index(condition=models.Q(('serial', ''), _negated=True), fields=['serial'], name='work_order_serial')],
                'constraints': [models.UniqueConstraint(fields=('number',), name='work_order_number'), models.UniqueConstraint(fields=('key',), name='work_order_key'), models.UniqueConstraint(fields=('subject', 'round'), name='work_order_round'), models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('subject',), name='work_order_one_open'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('state', 'ended'), models.Q(('result', ''), _negated=True)), models.Q(models.Q(('state', 'ended'), _negated=True), ('ended_at', None)), _connector='OR'), name='work_order_ended'), models.CheckConstraint(condition=models.Q(models.Q(('came_in_at', None), ('went_out_at', None)), ('came_in_at__isnull', False), _connector='OR'), name='work_order_came_in'), models.CheckConstraint(condition=models.Q(('went_out_at', None), ('went_out_at__gte', models.F('came_in_at')), _connector='OR'), name='work_order_went_out'), models.CheckConstraint(condition=models.Q(('consumer_wait__gte', 0), ('no_shows__gte', 0), ('parts_wait__gte', 0)), name='work_order_waits'), models.CheckConstraint(condition=models.Q(models.Q(('waiting_for', ''), ('waiting_since', None)), models.Q(models.Q(('waiting_for', ''), _negated=True), ('waiting_since__isnull', False)), _connector='OR'), name='work_order_waiting')],
            },
        ),
        migrations.CreateModel(
            name='WorkOrderEntry',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('what', models.CharField(db_collation='C', max_length=24)),
                ('from_state', models.CharField(blank=True, db_collation='C', max_length=14)),
                ('to_state', models.CharField(db_collation='C', max_length=14)),
                ('role', models.CharField(db_collation='C', max_length=20)),
                ('who', models.CharField(db_collation='C', max_length=60)),
                ('name', models.CharField(blank=True, max_length=120)),
                ('details', models.JSONField(default=dict)),
                ('at', models.DateTimeField()),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='repairs.workorder')),
            ],
        ),
        migrations.CreateModel(
            name='TestRecord',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('number', models.SmallIntegerField()),
                ('checks', models.JSONField(default=dict)),
                ('passed', models.BooleanField()),
                ('note', models.CharField(blank=True, max_length=1000)),
                ('by', models.CharField(db_collation='C', max_length=60)),
                ('name', models.CharField(blank=True, max_length=120)),
                ('at', models.DateTimeField()),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tests', to='repairs.workorder')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('order', 'number'), name='test_record_once')],
            },
        ),
        migrations.CreateModel(
            name='RepairRecord',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('number', models.SmallIntegerField()),
                ('done', models.CharField(max_length=2000)),
                ('parts', models.JSONField(default=list)),
                ('by', models.CharField(db_collation='C', max_length=60)),
                ('name', models.CharField(blank=True, max_length=120)),
                ('at', models.DateTimeField()),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='records', to='repairs.workorder')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('order', 'number'), name='repair_record_once')],
            },
        ),
        migrations.CreateModel(
            name='Quote',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('version', models.SmallIntegerField()),
                ('lines', models.JSONField(default=list)),
                ('parts_minor', models.BigIntegerField()),
                ('labour_minor', models.BigIntegerField()),
                ('total_minor', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('note', models.CharField(blank=True, max_length=1000)),
                ('state', models.CharField(choices=[('open', '待确认 open'), ('replaced', '已更新 replaced'), ('accepted', '已接受 accepted'), ('declined', '已拒绝 declined'), ('expired', '已过期 expired'), ('withdrawn', '已撤回 withdrawn')], db_collation='C', default='open', max_length=10)),
                ('valid_until', models.DateTimeField()),
                ('by', models.CharField(db_collation='C', max_length=60)),
                ('at', models.DateTimeField()),
                ('answered_by', models.CharField(blank=True, db_collation='C', max_length=60)),
                ('answered_at', models.DateTimeField(null=True)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='quotes', to='repairs.workorder')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('order', 'version'), name='quote_version'), models.UniqueConstraint(condition=models.Q(('state__in', ('open', 'accepted'))), fields=('order',), name='quote_one_open'), models.CheckConstraint(condition=models.Q(('labour_minor__gte', 0), ('parts_minor__gte', 0), ('total_minor', django.db.models.expressions.CombinedExpression(models.F('parts_minor'), '+', models.F('labour_minor')))), name='quote_amounts')],
            },
        ),
        migrations.CreateModel(
            name='PartOrder',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('number', models.SmallIntegerField()),
                ('part', models.CharField(max_length=120)),
                ('part_number', models.CharField(blank=True, db_collation='C', max_length=60)),
                ('quantity', models.SmallIntegerField(default=1)),
                ('ordered_at', models.DateTimeField()),
                ('ordered_by', models.CharField(db_collation='C', max_length=60)),
                ('expected_on', models.DateField(null=True)),
                ('arrived_at', models.DateTimeField(null=True)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='repairs.workorder')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('arrived_at', None)), fields=['ordered_at'], name='part_order_missing')],
                'constraints': [models.UniqueConstraint(fields=('order', 'number'), name='part_order_once'), models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='part_order_quantity')],
            },
        ),
        migrations.CreateModel(
            name='LoanUnit',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('title', models.CharField(max_length=120)),
                ('serial', models.CharField(db_collation='C', max_length=80)),
                ('deposit_minor', models.BigIntegerField(default=0)),
                ('currency', models.CharField(max_length=3)),
                ('lent_at', models.DateTimeField()),
                ('lent_by', models.CharField(db_collation='C', max_length=60)),
                ('returned_at', models.DateTimeField(null=True)),
                ('returned_by', models.CharField(blank=True, db_collation='C', max_length=60)),
                ('note', models.CharField(blank=True, max_length=500)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='loans', to='repairs.workorder')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('returned_at', None)), fields=('order',), name='loan_one_out'), models.UniqueConstraint(condition=models.Q(('returned_at', None)), fields=('serial',), name='loan_unit_out_once'), models.CheckConstraint(condition=models.Q(('deposit_minor__gte', 0)), name='loan_deposit')],
            },
        ),
        migrations.CreateModel(
            name='Diagnosis',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('number', models.SmallIntegerField()),
                ('finding', models.CharField(db_collation='C', max_length=14)),
                ('scope', models.CharField(blank=True, db_collation='C', max_length=3)),
                ('cause', models.CharField(blank=True, db_collation='C', max_length=24)),
                ('fault', models.CharField(blank=True, db_collation='C', max_length=40)),
                ('note', models.CharField(max_length=1000)),
                ('photos', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), default=list, size=None)),
                ('reasons', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list, size=None)),
                ('clauses', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list, size=None)),
                ('by', models.CharField(db_collation='C', max_length=60)),
                ('name', models.CharField(blank=True, max_length=120)),
                ('at', models.DateTimeField()),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='diagnoses', to='repairs.workorder')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('order', 'number'), name='diagnosis_once')],
            },
        ),
        migrations.CreateModel(
            name='Appointment',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('number', models.SmallIntegerField()),
                ('window_start', models.DateTimeField()),
                ('window_end', models.DateTimeField()),
                ('state', models.CharField(choices=[('booked', '已预约 booked'), ('moved', '已改约 moved'), ('kept', '已履约 kept'), ('cancelled', '已取消 cancelled'), ('missed_consumer', '消费者爽约 consumer absent'), ('missed_technician', '工程师爽约 technician absent')], db_collation='C', default='booked', max_length=18)),
                ('booked_by', models.CharField(db_collation='C', max_length=60)),
                ('booked_at', models.DateTimeField()),
                ('ended_by', models.CharField(blank=True, db_collation='C', max_length=60)),
                ('ended_at', models.DateTimeField(null=True)),
                ('note', models.CharField(blank=True, max_length=500)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to='repairs.workorder')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'booked')), fields=['window_start'], name='appointment_day')],
                'constraints': [models.UniqueConstraint(fields=('order', 'number'), name='appointment_once'), models.UniqueConstraint(condition=models.Q(('state', 'booked')), fields=('order',), name='appointment_one_booked'), models.CheckConstraint(condition=models.Q(('window_end__gt', models.F('window_start'))), name='appointment_window'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('state', 'booked')), models.Q(models.Q(('state', 'booked'), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='appointment_ended')],
            },
        ),
    ]
