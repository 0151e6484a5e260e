"""The register of promises, and what the database itself keeps true about it."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django_fsm
from django.conf import settings
from django.db import migrations, models

PROMISES = """
CREATE FUNCTION crm_same_person(was bigint, is_now bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT was IS NOT DISTINCT FROM is_now
        OR EXISTS (SELECT 1 FROM crm_contact WHERE id = was AND merged_into_id = is_now)
$$;

CREATE FUNCTION crm_commitment_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF (SELECT is_demo FROM crm_customer WHERE id = OLD.customer_id) THEN
            RETURN OLD;
        END IF;
        PERFORM core_refuse('commitment_stays', 'promises are closed, never deleted');
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state NOT IN ('draft', 'made') THEN
            PERFORM core_refuse('commitment_final', 'a promise begins as a draft or open');
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.original_due_date IS NOT NULL
       AND NEW.original_due_date IS DISTINCT FROM OLD.original_due_date THEN
        PERFORM core_refuse('commitment_first_due_stays',
            'the first due day of a promise never changes');
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('draft', 'made'), ('draft', 'cancelled'),
        ('made', 'kept'), ('made', 'kept_late'), ('made', 'broken'), ('made', 'cancelled'),
        ('broken', 'kept_late')
    ) THEN
        PERFORM core_refuse('commitment_final',
            format('a promise does not go from %s to %s', OLD.state, NEW.state));
    END IF;
    IF OLD.state IN ('kept', 'kept_late', 'cancelled')
       AND (to_jsonb(NEW) - 'activity_id') IS DISTINCT FROM (to_jsonb(OLD) - 'activity_id') THEN
        PERFORM core_refuse('commitment_final', 'a closed promise does not change');
    END IF;
    IF OLD.state <> 'draft' AND ((
        NEW.customer_id, NEW.direction, NEW.text, NEW.promised_by_id, NEW.in_name_of_id,
        NEW.created_by_id, NEW.created_at, NEW.made_at
    ) IS DISTINCT FROM (
        OLD.customer_id, OLD.direction, OLD.text, OLD.promised_by_id, OLD.in_name_of_id,
        OLD.created_by_id, OLD.created_at, OLD.made_at
    ) OR NOT crm_same_person(OLD.to_contact_id, NEW.to_contact_id)
      OR NOT crm_same_person(OLD.promised_by_contact_id, NEW.promised_by_contact_id)) THEN
        PERFORM core_refuse('commitment_given_stays', 'what was promised does not change');
    END IF;
    IF OLD.state = 'broken' AND (NEW.due_date, NEW.broken_at, NEW.deliverer_id, NEW.to_user_id)
        IS DISTINCT FROM (OLD.due_date, OLD.broken_at, OLD.deliverer_id, OLD.to_user_id) THEN
        PERFORM core_refuse('commitment_final', 'a broken promise keeps its day and its names');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER commitment_guard BEFORE INSERT OR UPDATE OR DELETE ON crm_commitment
    FOR EACH ROW EXECUTE FUNCTION crm_commitment_guard();

CREATE FUNCTION crm_commitment_due_has_term() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM crm_commitment m
        WHERE m.id = NEW.id AND m.made_at IS NOT NULL AND m.due_date IS DISTINCT FROM (
            SELECT t.due_date FROM crm_commitmentterm t WHERE t.commitment_id = m.id
            ORDER BY t.since_at DESC, t.id DESC LIMIT 1
        )
    ) THEN
        PERFORM core_refuse('commitment_due_has_term',
            'the due day of a promise moves only by a term the other side agreed to');
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER commitment_due_has_term
    AFTER INSERT OR UPDATE OF due_date, state ON crm_commitment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION crm_commitment_due_has_term();

CREATE FUNCTION crm_commitment_rows_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND (
        SELECT c.is_demo FROM crm_commitment m JOIN crm_customer c ON c.id = m.customer_id
        WHERE m.id = OLD.commitment_id
    ) THEN
        RETURN OLD;
    END IF;
    PERFORM core_refuse('commitment_history_append_only',
        'the history of a promise is only added to');
    RETURN NULL;
END $$;

CREATE TRIGGER commitment_term_append_only BEFORE UPDATE OR DELETE ON crm_commitmentterm
    FOR EACH ROW EXECUTE FUNCTION crm_commitment_rows_guard();
CREATE TRIGGER commitment_reminder_append_only BEFORE UPDATE OR DELETE ON crm_commitmentreminder
    FOR EACH ROW EXECUTE FUNCTION crm_commitment_rows_guard();

CREATE FUNCTION crm_commitment_term_agreed() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    promise crm_commitment%ROWTYPE;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM crm_commitmentterm WHERE commitment_id = NEW.commitment_id) THEN
        RETURN NEW;
    END IF;
    SELECT * INTO promise FROM crm_commitment WHERE id = NEW.commitment_id;
    IF promise.state <> 'made' OR NEW.since_at >= promise.due_at THEN
        PERFORM core_refuse('commitment_moved_before_due',
            'a promise is renegotiated before its day is over, or it is broken');
    END IF;
    IF NEW.agreed_by_id IS NULL OR NEW.consent = '' THEN
        PERFORM core_refuse('commitment_moved_by_consent',
            'a new day needs the word of the other side');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER commitment_term_agreed BEFORE INSERT ON crm_commitmentterm
    FOR EACH ROW EXECUTE FUNCTION crm_commitment_term_agreed();

CREATE FUNCTION crm_expectation_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF (SELECT is_demo FROM crm_customer WHERE id = OLD.customer_id) THEN
            RETURN OLD;
        END IF;
        PERFORM core_refuse('expectation_stays', 'expectations are closed, never deleted');
    END IF;
    IF OLD.state <> 'open' THEN
        PERFORM core_refuse('expectation_final', 'a closed expectation does not change');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER commitment_not_emptied BEFORE TRUNCATE ON crm_commitment
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_truncate();
CREATE TRIGGER commitment_term_not_emptied BEFORE TRUNCATE ON crm_commitmentterm
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_truncate();

CREATE TRIGGER expectation_guard BEFORE UPDATE OR DELETE ON crm_expectation
    FOR EACH ROW EXECUTE FUNCTION crm_expectation_guard();
"""

PROMISES_BACK = """
DROP TRIGGER commitment_term_not_emptied ON crm_commitmentterm;
DROP TRIGGER commitment_not_emptied ON crm_commitment;
DROP TRIGGER expectation_guard ON crm_expectation;
DROP FUNCTION crm_expectation_guard();
DROP TRIGGER commitment_term_agreed ON crm_commitmentterm;
DROP FUNCTION crm_commitment_term_agreed();
DROP TRIGGER commitment_reminder_append_only ON crm_commitmentreminder;
DROP TRIGGER commitment_term_append_only ON crm_commitmentterm;
DROP FUNCTION crm_commitment_rows_guard();
DROP TRIGGER commitment_due_has_term ON crm_commitment;
DROP FUNCTION crm_commitment_due_has_term();
DROP TRIGGER commitment_guard ON crm_commitment;
DROP FUNCTION crm_commitment_guard();
DROP FUNCTION crm_same_person(bigint, bigint);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_people_stay'),
        ('core', '0004_no_truncate'),
        ('crm', '0007_assessments'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Commitment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('direction', models.CharField(choices=[('ours', 'We promised'), ('theirs', 'They promised')], max_length=6, verbose_name='direction')),
                ('text', models.CharField(max_length=300, verbose_name='what was promised')),
                ('due_date', models.DateField(blank=True, null=True, verbose_name='due')),
                ('original_due_date', models.DateField(blank=True, editable=False, null=True, verbose_name='first due day')),
                ('due_at', models.DateTimeField(editable=False, help_text='When the due day ends where the customer is.', null=True)),
                ('state', django_fsm.FSMField(choices=[('draft', 'Draft'), ('made', 'Open'), ('kept', 'Kept'), ('kept_late', 'Kept late'), ('broken', 'Broken'), ('cancelled', 'Cancelled together')], default='draft', max_length=10, protected=True, verbose_name='state')),
                ('evidence', models.TextField(blank=True, max_length=2000, verbose_name='what shows it')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='reason')),
                ('level_moments', django.contrib.postgres.fields.ArrayField(base_field=models.DateTimeField(), default=list, editable=False, size=4)),
                ('next_level', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('next_level_at', models.DateTimeField(editable=False, null=True)),
                ('created_at', models.DateTimeField()),
                ('made_at', models.DateTimeField(editable=False, null=True)),
                ('broken_at', models.DateTimeField(editable=False, null=True)),
                ('closed_at', models.DateTimeField(editable=False, null=True)),
                ('activity', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='commitments', to='crm.activity', verbose_name='where it was promised')),
                ('agreed_by', models.ForeignKey(blank=True, help_text='Who of the customer agreed that it falls away.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.contact', verbose_name='agreed by')),
                ('created_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='commitments', to='crm.customer', verbose_name='customer')),
                ('deliverer', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='delivers', to=settings.AUTH_USER_MODEL, verbose_name='delivered by')),
                ('evidence_activity', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='keeps', to='crm.activity', verbose_name='activity that shows it')),
                ('in_name_of', models.ForeignKey(blank=True, help_text='The company promises, never a person alone.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.team', verbose_name='in the name of')),
                ('promised_by', models.ForeignKey(blank=True, help_text='Who of us gave it.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='promised by')),
                ('promised_by_contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='promised', to='crm.contact', verbose_name='promised by (customer)')),
                ('to_contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='promised_to', to='crm.contact', verbose_name='promised to')),
                ('to_user', models.ForeignKey(blank=True, help_text='Who of us waits for it.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='followed up by')),
            ],
            options={
                'verbose_name': 'promise',
                'verbose_name_plural': 'promises',
            },
        ),
        migrations.CreateModel(
            name='CommitmentReminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.PositiveSmallIntegerField(choices=[(0, 'two working days before'), (1, 'on the day'), (2, 'three working days after'), (3, 'five working days after')])),
                ('due_date', models.DateField()),
                ('raised_at', models.DateTimeField()),
                ('commitment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='reminders', to='crm.commitment')),
            ],
        ),
        migrations.CreateModel(
            name='CommitmentTerm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_date', models.DateField(verbose_name='due')),
                ('since_at', models.DateTimeField(verbose_name='since')),
                ('consent', models.CharField(blank=True, max_length=500, verbose_name='how they agreed')),
                ('agreed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.contact', verbose_name='agreed by')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('commitment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='terms', to='crm.commitment')),
            ],
        ),
        migrations.CreateModel(
            name='Expectation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('about', models.CharField(max_length=300, verbose_name='what is expected')),
                ('priority', models.CharField(choices=[('must', 'Must'), ('should', 'Should'), ('nice', 'Nice to have')], default='should', max_length=6, verbose_name='priority')),
                ('state', models.CharField(choices=[('open', 'Open'), ('answered', 'Answered by a promise'), ('declined', 'Declined')], default='open', editable=False, max_length=10, verbose_name='state')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='reason')),
                ('created_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(editable=False, null=True)),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='expectations', to='crm.commitment', verbose_name='answered by')),
                ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='expects', to='crm.contact', verbose_name='who expects it (customer)')),
                ('created_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='expectations', to='crm.customer', verbose_name='customer')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who expects it (us)')),
            ],
            options={
                'verbose_name': 'expectation',
                'verbose_name_plural': 'expectations',
            },
        ),
        migrations.AddIndex(
            model_name='commitment',
            index=models.Index(fields=['customer', 'direction', 'due_date'], name='commitment_customer'),
        ),
        migrations.AddIndex(
            model_name='commitment',
            index=models.Index(fields=['due_date', 'id'], name='commitment_by_due'),
        ),
        migrations.AddIndex(
            model_name='commitment',
            index=models.Index(condition=models.Q(('state__in', ['draft', 'made', 'broken'])), fields=['deliverer', 'due_date', 'id'], name='commitment_owed'),
        ),
        migrations.AddIndex(
            model_name='commitment',
            index=models.Index(condition=models.Q(('state', 'made')), fields=['due_at', 'id'], name='commitment_open_due'),
        ),
        migrations.AddIndex(
            model_name='commitment',
            index=models.Index(condition=models.Q(('next_level_at__isnull', False)), fields=['next_level_at', 'id'], name='commitment_next_level'),
        ),
        migrations.AddConstraint(
            model_name='commitment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('deliverer__isnull', False), ('direction', 'ours'), ('in_name_of__isnull', False), ('promised_by__isnull', False), ('promised_by_contact__isnull', True), ('to_user__isnull', True)), models.Q(('deliverer__isnull', True), ('direction', 'theirs'), ('in_name_of__isnull', True), ('promised_by__isnull', True), ('to_contact__isnull', True), ('to_user__isnull', False)), _connector='OR'), name='commitment_has_its_sides'),
        ),
        migrations.AddConstraint(
            model_name='commitment',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'cancelled']), models.Q(models.Q(('to_contact__isnull', False), ('promised_by_contact__isnull', False), _connector='OR'), ('due_at__isnull', False), ('due_date__isnull', False), ('made_at__isnull', False), ('original_due_date__isnull', False)), _connector='OR'), name='commitment_made_is_complete'),
        ),
        migrations.AddConstraint(
            model_name='commitment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('state__in', ['draft', 'made'])), models.Q(('closed_at__isnull', False), ('state__in', ['kept', 'kept_late', 'broken', 'cancelled'])), _connector='OR'), name='commitment_closed_has_a_time'),
        ),
        migrations.AddConstraint(
            model_name='commitment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['kept', 'kept_late']), _negated=True), models.Q(('evidence', ''), _negated=True), ('evidence_activity__isnull', False), _connector='OR'), name='commitment_kept_is_shown'),
        ),
        migrations.AddConstraint(
            model_name='commitment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'broken'), _negated=True), ('broken_at__isnull', False), _connector='OR'), name='commitment_broken_has_a_time'),
        ),
        migrations.AddConstraint(
            model_name='commitment',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='commitment_says_something'),
        ),
        migrations.AddConstraint(
            model_name='commitmentreminder',
            constraint=models.UniqueConstraint(fields=('commitment', 'level', 'due_date'), name='commitment_reminder_once'),
        ),
        migrations.AddConstraint(
            model_name='commitmentreminder',
            constraint=models.CheckConstraint(condition=models.Q(('level__range', (0, 3))), name='commitment_reminder_level_0_to_3'),
        ),
        migrations.AddConstraint(
            model_name='commitmentterm',
            constraint=models.UniqueConstraint(fields=('commitment', 'since_at'), name='commitment_term_one_at_a_time'),
        ),
        migrations.AddIndex(
            model_name='expectation',
            index=models.Index(fields=['customer', 'state', 'id'], name='expectation_customer'),
        ),
        migrations.AddConstraint(
            model_name='expectation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('contact__isnull', False), ('user__isnull', True)), models.Q(('contact__isnull', True), ('user__isnull', False)), _connector='OR'), name='expectation_has_one_holder'),
        ),
        migrations.AddConstraint(
            model_name='expectation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_by__isnull', True), ('closed_at__isnull', True), ('state', 'open')), models.Q(('answered_by__isnull', False), ('closed_at__isnull', False), ('state', 'answered')), models.Q(('answered_by__isnull', True), ('closed_at__isnull', False), ('state', 'declined'), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='expectation_state_is_shown'),
        ),
        migrations.RunSQL(PROMISES, PROMISES_BACK),
    ]
