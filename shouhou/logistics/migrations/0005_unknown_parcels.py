"""Parcels that belong to nothing that is known, with what was done with them."""


import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

APPEND_ONLY = """
CREATE TRIGGER unknownparcelentry_append_only BEFORE UPDATE OR DELETE ON logistics_unknownparcelentry
    FOR EACH ROW EXECUTE FUNCTION logistics_append_only();
"""
FREE = "DROP TRIGGER unknownparcelentry_append_only ON logistics_unknownparcelentry;"


class Migration(migrations.Migration):

    dependencies = [
        ('logistics', '0004_service_points'),
        ('plumbing', '0003_answers_unpacked'),
    ]

    operations = [
        migrations.CreateModel(
            name='UnknownParcel',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('number', models.CharField(db_collation='C', max_length=20)),
                ('merchant_id', models.BigIntegerField(null=True)),
                ('buyer_id', models.BigIntegerField(null=True)),
                ('state', models.CharField(choices=[('waiting', '待认领 waiting'), ('matched', '已认领 matched'), ('return_asked', '待复核退回 return asked'), ('dispose_asked', '待复核处置 disposal asked'), ('returned', '已退回寄件人 returned'), ('disposed', '已处置 disposed')], db_collation='C', default='waiting', max_length=14)),
                ('waybill', models.CharField(blank=True, db_collation='C', max_length=40)),
                ('carrier', models.CharField(blank=True, db_collation='C', max_length=20)),
                ('sender_name', models.CharField(blank=True, max_length=80)),
                ('sender_phone', models.CharField(blank=True, db_collation='C', max_length=32)),
                ('sender_address', models.CharField(blank=True, max_length=240)),
                ('order_number', models.CharField(blank=True, max_length=80)),
                ('serials', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=80), default=list, size=None)),
                ('contents', models.CharField(max_length=1000)),
                ('place', models.CharField(max_length=80)),
                ('found_by', models.CharField(db_collation='C', max_length=60)),
                ('found_name', models.CharField(blank=True, max_length=120)),
                ('found_at', models.DateTimeField()),
                ('subject', models.CharField(blank=True, db_collation='C', max_length=60)),
                ('asked_by', models.CharField(blank=True, db_collation='C', max_length=60)),
                ('asked_at', models.DateTimeField(null=True)),
                ('asked_reason', models.CharField(blank=True, max_length=500)),
                ('ended_by', models.CharField(blank=True, db_collation='C', max_length=60)),
                ('ended_at', models.DateTimeField(null=True)),
                ('sent_carrier', models.CharField(blank=True, db_collation='C', max_length=20)),
                ('sent_waybill', models.CharField(blank=True, db_collation='C', max_length=40)),
            ],
            options={
                'verbose_name': '无主包裹 Unidentified parcels',
                'verbose_name_plural': '无主包裹 Unidentified parcels',
                'indexes': [models.Index(fields=['state', 'found_at', 'id'], name='unknown_queue'), models.Index(fields=['found_at', 'id'], name='unknown_found'), models.Index(condition=models.Q(('subject', ''), _negated=True), fields=['subject'], name='unknown_subject')],
                'constraints': [models.UniqueConstraint(fields=('number',), name='unknown_number'), models.UniqueConstraint(condition=models.Q(('state__in', ('waiting', 'return_asked', 'dispose_asked')), models.Q(('waybill', ''), _negated=True)), fields=('waybill',), name='unknown_waybill_once'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'matched'), models.Q(('subject', ''), _negated=True)), models.Q(models.Q(('state', 'matched'), _negated=True), ('subject', '')), _connector='OR'), name='unknown_matched'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('state__in', ('waiting', 'return_asked', 'dispose_asked'))), models.Q(('ended_at__isnull', False), ('state__in', ('matched', 'returned', 'disposed'))), _connector='OR'), name='unknown_ended'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('returned', 'disposed')), _negated=True), models.Q(models.Q(('asked_by', ''), _negated=True), models.Q(('ended_by', ''), _negated=True), models.Q(('asked_by', models.F('ended_by')), _negated=True)), _connector='OR'), name='unknown_two_people')],
            },
        ),
        migrations.CreateModel(
            name='UnknownParcelEntry',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('deed', models.CharField(db_collation='C', max_length=20)),
                ('role', models.CharField(db_collation='C', max_length=20)),
                ('who', models.CharField(db_collation='C', max_length=60)),
                ('name', models.CharField(blank=True, max_length=120)),
                ('note', models.CharField(blank=True, max_length=500)),
                ('at', models.DateTimeField()),
                ('parcel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='logistics.unknownparcel')),
            ],
        ),
        migrations.CreateModel(
            name='UnknownParcelPhoto',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('parcel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='photos', to='logistics.unknownparcel')),
                ('upload', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, to='plumbing.upload')),
            ],
        ),
        migrations.RunSQL(APPEND_ONLY, FREE),
    ]
