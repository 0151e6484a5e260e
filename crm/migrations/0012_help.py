"""Requests for help, and what the database itself keeps true about them."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django_fsm
from django.conf import settings
from django.db import migrations, models

GUARD = """
CREATE FUNCTION crm_help_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.is_demo THEN
            RETURN OLD;
        END IF;
        PERFORM core_refuse('help_stays', 'requests for help are closed, never deleted');
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'asked' THEN
            PERFORM core_refuse('help_final', 'a request for help begins by being asked');
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state IN ('declined', 'done', 'withdrawn') THEN
        PERFORM core_refuse('help_final', 'a closed request for help does not change');
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('asked', 'accepted'), ('asked', 'declined'), ('asked', 'withdrawn'),
        ('accepted', 'done'), ('accepted', 'withdrawn')
    ) THEN
        PERFORM core_refuse('help_final',
            format('a request for help does not go from %s to %s', OLD.state, NEW.state));
    END IF;
    IF (
        NEW.id, NEW.kind, NEW.customer_id, NEW.topic, NEW.asker_id, NEW.asked_id, NEW.text,
        NEW.purpose, NEW.promised, NEW.meets, NEW.wanted, NEW.unsaid, NEW.days, NEW.asked_at,
        NEW.answer_due_at, NEW.due_at, NEW.is_demo
    ) IS DISTINCT FROM (
        OLD.id, OLD.kind, OLD.customer_id, OLD.topic, OLD.asker_id, OLD.asked_id, OLD.text,
        OLD.purpose, OLD.promised, OLD.meets, OLD.wanted, OLD.unsaid, OLD.days, OLD.asked_at,
        OLD.answer_due_at, OLD.due_at, OLD.is_demo
    ) OR NOT crm_same_person(OLD.contact_id, NEW.contact_id)
      OR (OLD.answered_at IS NOT NULL AND NEW.answered_at IS DISTINCT FROM OLD.answered_at) THEN
        PERFORM core_refuse('help_asked_stays',
            'what was asked, of whom, by when, and when it was answered does not change');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER help_guard BEFORE INSERT OR UPDATE OR DELETE ON crm_helprequest
    FOR EACH ROW EXECUTE FUNCTION crm_help_guard();
CREATE TRIGGER help_request_not_emptied BEFORE TRUNCATE ON crm_helprequest
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_truncate();

CREATE FUNCTION crm_help_reminder_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND (SELECT is_demo FROM crm_helprequest WHERE id = OLD.request_id) THEN
        RETURN OLD;
    END IF;
    PERFORM core_refuse('help_reminders_append_only', 'reminders of a request are only added');
    RETURN NULL;
END $$;

CREATE TRIGGER help_reminder_append_only BEFORE UPDATE OR DELETE ON crm_helpreminder
    FOR EACH ROW EXECUTE FUNCTION crm_help_reminder_guard();
"""

GUARD_BACK = """
DROP TRIGGER help_reminder_append_only ON crm_helpreminder;
DROP FUNCTION crm_help_reminder_guard();
DROP TRIGGER help_request_not_emptied ON crm_helprequest;
DROP TRIGGER help_guard ON crm_helprequest;
DROP FUNCTION crm_help_guard();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0011_contact_rules'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='HelpRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('colleague', 'A colleague'), ('executive', 'An executive')], default='colleague', max_length=10, verbose_name='whom')),
                ('topic', models.CharField(blank=True, max_length=200, verbose_name='topic')),
                ('text', models.TextField(max_length=2000, verbose_name='what is needed')),
                ('purpose', models.TextField(blank=True, max_length=1000, verbose_name='purpose of the meeting')),
                ('promised', models.TextField(blank=True, max_length=1000, verbose_name='what was promised')),
                ('meets', models.TextField(blank=True, max_length=1000, verbose_name='whom they meet')),
                ('wanted', models.TextField(blank=True, max_length=1000, verbose_name='what we want from it')),
                ('unsaid', models.TextField(blank=True, max_length=1000, verbose_name='what not to say')),
                ('state', django_fsm.FSMField(choices=[('asked', 'Asked'), ('accepted', 'Accepted'), ('declined', 'Declined'), ('done', 'Done'), ('withdrawn', 'Withdrawn')], default='asked', max_length=10, protected=True, verbose_name='state')),
                ('days', models.PositiveSmallIntegerField(verbose_name='working days')),
                ('asked_at', models.DateTimeField()),
                ('answer_due_at', models.DateTimeField(editable=False)),
                ('due_at', models.DateTimeField(editable=False)),
                ('answered_at', models.DateTimeField(editable=False, null=True)),
                ('closed_at', models.DateTimeField(editable=False, null=True)),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='reason')),
                ('result', models.CharField(blank=True, max_length=500, verbose_name='what came of it')),
                ('level_moments', django.contrib.postgres.fields.ArrayField(base_field=models.DateTimeField(), default=list, editable=False, size=4)),
                ('next_level', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('next_level_at', models.DateTimeField(editable=False, null=True)),
                ('is_demo', models.BooleanField(default=False, editable=False)),
                ('action', models.ForeignKey(blank=True, help_text="The meeting an executive's yes has planned.", null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.action')),
                ('asked', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who is asked')),
                ('asker', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked by')),
                ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='help_requests', to='crm.contact', verbose_name='contact')),
                ('customer', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='help_requests', to='crm.customer', verbose_name='customer')),
            ],
            options={
                'verbose_name': 'request for help',
                'verbose_name_plural': 'requests for help',
            },
        ),
        migrations.CreateModel(
            name='HelpReminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.PositiveSmallIntegerField(choices=[(0, 'the answer is due today'), (1, 'the answer is overdue'), (2, 'the help is due today'), (3, 'the help is overdue')])),
                ('raised_at', models.DateTimeField()),
                ('request', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='reminders', to='crm.helprequest')),
            ],
        ),
        migrations.AddIndex(
            model_name='helprequest',
            index=models.Index(condition=models.Q(('state__in', ['asked', 'accepted'])), fields=['asked', 'due_at', 'id'], name='help_waiting'),
        ),
        migrations.AddIndex(
            model_name='helprequest',
            index=models.Index(fields=['asked', '-asked_at', '-id'], name='help_of_asked'),
        ),
        migrations.AddIndex(
            model_name='helprequest',
            index=models.Index(fields=['asker', '-asked_at', '-id'], name='help_of_asker'),
        ),
        migrations.AddIndex(
            model_name='helprequest',
            index=models.Index(fields=['customer', '-asked_at', '-id'], name='help_of_customer'),
        ),
        migrations.AddIndex(
            model_name='helprequest',
            index=models.Index(condition=models.Q(('next_level_at__isnull', False)), fields=['next_level_at', 'id'], name='help_next_level'),
        ),
        migrations.AddConstraint(
            model_name='helprequest',
            constraint=models.CheckConstraint(condition=models.Q(('customer__isnull', False), models.Q(models.Q(('topic', ''), _negated=True), ('contact__isnull', True)), _connector='OR'), name='help_is_about_something'),
        ),
        migrations.AddConstraint(
            model_name='helprequest',
            constraint=models.CheckConstraint(condition=models.Q(('asker', models.F('asked')), _negated=True), name='help_is_asked_of_another'),
        ),
        migrations.AddConstraint(
            model_name='helprequest',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='help_says_something'),
        ),
        migrations.AddConstraint(
            model_name='helprequest',
            constraint=models.CheckConstraint(condition=models.Q(('kind', 'colleague'), models.Q(('contact__isnull', False), ('customer__isnull', False), ('kind', 'executive'), models.Q(('purpose', ''), _negated=True), models.Q(('promised', ''), _negated=True), models.Q(('meets', ''), _negated=True), models.Q(('wanted', ''), _negated=True), models.Q(('unsaid', ''), _negated=True)), _connector='OR'), name='help_of_executive_has_a_brief'),
        ),
        migrations.AddConstraint(
            model_name='helprequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', True), ('closed_at__isnull', True), ('state', 'asked')), models.Q(('answered_at__isnull', False), ('closed_at__isnull', True), ('state', 'accepted')), models.Q(('answered_at__isnull', False), ('closed_at', models.F('answered_at')), ('state', 'declined'), models.Q(('reason', ''), _negated=True)), models.Q(('answered_at__isnull', False), ('closed_at__gte', models.F('answered_at')), ('state', 'done'), models.Q(('result', ''), _negated=True)), models.Q(('closed_at__isnull', False), ('state', 'withdrawn'), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='help_state_is_shown'),
        ),
        migrations.AddConstraint(
            model_name='helpreminder',
            constraint=models.UniqueConstraint(fields=('request', 'level'), name='help_reminder_once'),
        ),
        migrations.AddConstraint(
            model_name='helpreminder',
            constraint=models.CheckConstraint(condition=models.Q(('level__range', (0, 3))), name='help_reminder_level_0_to_3'),
        ),
        migrations.RunSQL(GUARD, GUARD_BACK),
    ]
