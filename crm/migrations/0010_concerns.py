"""Concerns of people at customers, and what the database itself keeps true about them."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

CONCERNS = """
CREATE FUNCTION crm_concern_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF (SELECT is_demo FROM crm_customer WHERE id = OLD.customer_id) THEN
            RETURN OLD;
        END IF;
        PERFORM core_refuse('concern_stays', 'concerns are closed, never deleted');
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'open' THEN
            PERFORM core_refuse('concern_final', 'a concern begins open');
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state IN ('resolved', 'withdrawn') AND to_jsonb(NEW) IS DISTINCT FROM to_jsonb(OLD) THEN
        PERFORM core_refuse('concern_final', 'a closed concern does not change');
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('open', 'answered'), ('open', 'resolved'), ('open', 'withdrawn'),
        ('answered', 'resolved'), ('answered', 'withdrawn')
    ) THEN
        PERFORM core_refuse('concern_final',
            format('a concern does not go from %s to %s', OLD.state, NEW.state));
    END IF;
    IF (NEW.customer_id, NEW.text, NEW.origin, NEW.severity, NEW.raised_at, NEW.created_by_id,
        NEW.created_at)
        IS DISTINCT FROM (OLD.customer_id, OLD.text, OLD.origin, OLD.severity, OLD.raised_at,
        OLD.created_by_id, OLD.created_at)
        OR NOT crm_same_person(OLD.contact_id, NEW.contact_id) THEN
        PERFORM core_refuse('concern_raised_stays', 'what was raised does not change');
    END IF;
    IF OLD.answered_at IS NOT NULL
       AND (NEW.answered_at, NEW.answer) IS DISTINCT FROM (OLD.answered_at, OLD.answer) THEN
        PERFORM core_refuse('concern_answer_stays', 'the first answer stays as it was');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER concern_guard BEFORE INSERT OR UPDATE OR DELETE ON crm_concern
    FOR EACH ROW EXECUTE FUNCTION crm_concern_guard();
CREATE TRIGGER concern_not_emptied BEFORE TRUNCATE ON crm_concern
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_truncate();

CREATE FUNCTION crm_concern_reminder_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND (
        SELECT c.is_demo FROM crm_concern m JOIN crm_customer c ON c.id = m.customer_id
        WHERE m.id = OLD.concern_id
    ) THEN
        RETURN OLD;
    END IF;
    PERFORM core_refuse('concern_history_append_only',
        'the history of a concern is only added to');
    RETURN NULL;
END $$;

CREATE TRIGGER concern_reminder_append_only BEFORE UPDATE OR DELETE ON crm_concernreminder
    FOR EACH ROW EXECUTE FUNCTION crm_concern_reminder_guard();
"""

CONCERNS_BACK = """
DROP TRIGGER concern_reminder_append_only ON crm_concernreminder;
DROP FUNCTION crm_concern_reminder_guard();
DROP TRIGGER concern_not_emptied ON crm_concern;
DROP TRIGGER concern_guard ON crm_concern;
DROP FUNCTION crm_concern_guard();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0009_topics'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Concern',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level_moments', django.contrib.postgres.fields.ArrayField(base_field=models.DateTimeField(), default=list, editable=False, size=4)),
                ('next_level', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('next_level_at', models.DateTimeField(editable=False, null=True)),
                ('origin', models.CharField(choices=[('said', 'They said so'), ('noticed', 'We noticed it')], default='said', max_length=7, verbose_name='how we know')),
                ('text', models.CharField(max_length=500, verbose_name='concern')),
                ('severity', models.CharField(choices=[('high', 'High'), ('normal', 'Normal'), ('low', 'Low')], default='normal', max_length=6, verbose_name='severity')),
                ('state', models.CharField(choices=[('open', 'Waits for an answer'), ('answered', 'Answered'), ('resolved', 'Resolved'), ('withdrawn', 'Withdrawn')], default='open', editable=False, max_length=9, verbose_name='state')),
                ('raised_at', models.DateTimeField(verbose_name='raised')),
                ('response_due_at', models.DateTimeField(editable=False, verbose_name='answer due')),
                ('resolution_due_at', models.DateTimeField(editable=False, verbose_name='resolution due')),
                ('answer', models.TextField(blank=True, max_length=2000, verbose_name='first answer')),
                ('answered_at', models.DateTimeField(editable=False, null=True, verbose_name='answered')),
                ('resolution', models.TextField(blank=True, max_length=2000, verbose_name='what resolved it')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='reason')),
                ('closed_at', models.DateTimeField(editable=False, null=True, verbose_name='closed')),
                ('created_at', models.DateTimeField()),
                ('contact', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='concerns', to='crm.contact', verbose_name='whose concern')),
                ('created_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='concerns', to='crm.customer', verbose_name='customer')),
                ('owner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='concerns', to=settings.AUTH_USER_MODEL, verbose_name='seen to by')),
            ],
            options={
                'verbose_name': 'concern',
                'verbose_name_plural': 'concerns',
            },
        ),
        migrations.CreateModel(
            name='ConcernReminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.PositiveSmallIntegerField(choices=[(0, 'the answer is overdue'), (1, 'the answer is overdue by a working day'), (2, 'the resolution is overdue'), (3, 'the resolution is overdue by a working day')])),
                ('raised_at', models.DateTimeField()),
                ('concern', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='reminders', to='crm.concern')),
            ],
        ),
        migrations.AddIndex(
            model_name='concern',
            index=models.Index(fields=['customer', 'state', 'id'], name='concern_customer'),
        ),
        migrations.AddIndex(
            model_name='concern',
            index=models.Index(condition=models.Q(('state__in', ['open', 'answered'])), fields=['owner', 'response_due_at', 'id'], name='concern_live'),
        ),
        migrations.AddIndex(
            model_name='concern',
            index=models.Index(fields=['-raised_at', '-id'], name='concern_by_raised'),
        ),
        migrations.AddIndex(
            model_name='concern',
            index=models.Index(condition=models.Q(('next_level_at__isnull', False)), fields=['next_level_at', 'id'], name='concern_next_level'),
        ),
        migrations.AddConstraint(
            model_name='concern',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='concern_says_something'),
        ),
        migrations.AddConstraint(
            model_name='concern',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', True), ('closed_at__isnull', True), ('state', 'open')), models.Q(('answered_at__isnull', False), ('closed_at__isnull', True), ('state', 'answered')), models.Q(models.Q(('resolution', ''), _negated=True), ('answered_at__isnull', False), ('closed_at__isnull', False), ('state', 'resolved')), models.Q(models.Q(('reason', ''), _negated=True), ('closed_at__isnull', False), ('state', 'withdrawn')), _connector='OR'), name='concern_state_is_shown'),
        ),
        migrations.AddConstraint(
            model_name='concern',
            constraint=models.CheckConstraint(condition=models.Q(('answered_at__isnull', True), models.Q(('answer', ''), _negated=True), _connector='OR'), name='concern_answer_says_something'),
        ),
        migrations.AddConstraint(
            model_name='concern',
            constraint=models.CheckConstraint(condition=models.Q(('response_due_at__gt', models.F('raised_at')), ('resolution_due_at__gte', models.F('response_due_at'))), name='concern_due_in_order'),
        ),
        migrations.AddConstraint(
            model_name='concernreminder',
            constraint=models.UniqueConstraint(fields=('concern', 'level'), name='concern_reminder_once'),
        ),
        migrations.AddConstraint(
            model_name='concernreminder',
            constraint=models.CheckConstraint(condition=models.Q(('level__range', (0, 3))), name='concern_reminder_level_0_to_3'),
        ),
        migrations.RunSQL(CONCERNS, CONCERNS_BACK),
    ]
