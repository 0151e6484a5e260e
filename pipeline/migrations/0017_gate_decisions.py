"""Decisions at gates, and what the database itself keeps true about them."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django_fsm
from django.conf import settings
from django.db import migrations, models


GUARDS = """
CREATE FUNCTION pipeline_gate_is_demo(target bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT pipeline_is_demo(opportunity_id) FROM pipeline_gatedecision WHERE id = target
$$;

CREATE FUNCTION pipeline_gate_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF pipeline_is_demo(OLD.opportunity_id) THEN
            RETURN OLD;
        END IF;
        PERFORM core_refuse('gate_stays', 'decisions are withdrawn, never deleted');
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'requested' THEN
            PERFORM core_refuse('gate_born_requested', 'a decision begins as a request');
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.opportunity_id, NEW.gate, NEW.stage, NEW.requested_by_id, NEW.requested_at)
        IS DISTINCT FROM
        (OLD.opportunity_id, OLD.gate, OLD.stage, OLD.requested_by_id, OLD.requested_at) THEN
        PERFORM core_refuse('gate_request_stays', 'what was requested, and by whom, stays');
    END IF;
    IF OLD.state IN ('requested', 'scheduled') THEN
        PERFORM pipeline_gate_check_move(OLD, NEW);
    ELSE
        PERFORM pipeline_gate_check_end(OLD, NEW);
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION pipeline_gate_check_end(was pipeline_gatedecision, becomes pipeline_gatedecision)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    free text[] := ARRAY['state', 'closed_at', 'lapses_at'];
BEGIN
    IF was.state <> 'conditional' OR becomes.state NOT IN ('conditional', 'fulfilled', 'lapsed') THEN
        IF to_jsonb(becomes) IS DISTINCT FROM to_jsonb(was) THEN
            PERFORM core_refuse('gate_decided_stays', 'what was decided does not change');
        END IF;
        RETURN;
    END IF;
    IF (to_jsonb(becomes) - free) IS DISTINCT FROM (to_jsonb(was) - free) THEN
        PERFORM core_refuse('gate_decided_stays', 'what was decided does not change');
    END IF;
    IF becomes.state = 'fulfilled' AND EXISTS (
        SELECT FROM pipeline_gatecondition WHERE decision_id = becomes.id AND done_at IS NULL
    ) THEN
        PERFORM core_refuse('gate_fulfilled_whole', 'a condition is not done');
    END IF;
    IF becomes.state = 'lapsed' AND NOT EXISTS (
        SELECT FROM pipeline_gatecondition
        WHERE decision_id = becomes.id AND done_at IS NULL AND due_at <= becomes.closed_at
    ) THEN
        PERFORM core_refuse('gate_lapsed_by_time', 'no condition is past its day');
    END IF;
    IF becomes.state = 'conditional' AND becomes.lapses_at IS DISTINCT FROM (
        SELECT min(due_at) FROM pipeline_gatecondition
        WHERE decision_id = becomes.id AND done_at IS NULL
    ) THEN
        PERFORM core_refuse('gate_lapses_with_conditions',
            'it lapses on the day of its next condition');
    END IF;
END $$;

CREATE FUNCTION pipeline_gate_check_move(was pipeline_gatedecision, becomes pipeline_gatedecision)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    due timestamptz;
BEGIN
    IF (was.state, becomes.state) NOT IN (
        ('requested', 'requested'), ('requested', 'scheduled'), ('scheduled', 'scheduled'),
        ('requested', 'withdrawn'), ('scheduled', 'withdrawn'), ('scheduled', 'go'),
        ('scheduled', 'conditional'), ('scheduled', 'no_go'), ('scheduled', 'deferred')
    ) THEN
        PERFORM core_refuse('gate_edges',
            format('a decision does not go from %s to %s', was.state, becomes.state));
    END IF;
    IF becomes.state IN ('requested', 'scheduled', 'withdrawn') THEN
        RETURN;
    END IF;
    IF NOT becomes.departments @> was.departments OR becomes.min_level < was.min_level THEN
        PERFORM core_refuse('gate_asks_no_less', 'who has to decide is not left out at the end');
    END IF;
    IF EXISTS (
        SELECT unnest(becomes.departments) EXCEPT
        SELECT department FROM pipeline_gatevote WHERE decision_id = becomes.id
    ) THEN
        PERFORM core_refuse('gate_quorum', 'a department that has to speak has not');
    END IF;
    IF NOT EXISTS (
        SELECT FROM pipeline_gatevote
        WHERE decision_id = becomes.id AND level >= becomes.min_level
          AND (becomes.min_role = '' OR role = 'director' OR role = becomes.min_role)
    ) THEN
        PERFORM core_refuse('gate_quorum', 'nobody of the rank it takes has spoken');
    END IF;
    IF becomes.state = 'go' AND EXISTS (
        SELECT FROM pipeline_gatevote
        WHERE decision_id = becomes.id AND voice = 'no_go'
          AND department = ANY (becomes.departments)
    ) THEN
        PERFORM core_refuse('gate_go_against', 'a department that has to agree said no-go');
    END IF;
    SELECT min(due_at) INTO due FROM pipeline_gatecondition
        WHERE decision_id = becomes.id AND done_at IS NULL;
    IF (becomes.state = 'conditional') <> (due IS NOT NULL)
       OR becomes.lapses_at IS DISTINCT FROM due THEN
        PERFORM core_refuse('gate_conditions_of_conditional',
            'conditions belong to a go on conditions, and it has some');
    END IF;
END $$;

CREATE FUNCTION pipeline_gate_vote_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND pipeline_gate_is_demo(OLD.decision_id) THEN
        RETURN OLD;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        PERFORM core_refuse('gate_vote_append_only', 'what somebody said is never changed');
    END IF;
    IF NOT EXISTS (
        SELECT FROM pipeline_gatedecision d JOIN pipeline_gateseat s ON s.decision_id = d.id
        WHERE d.id = NEW.decision_id AND d.state IN ('requested', 'scheduled')
          AND d.requested_by_id <> NEW.user_id
          AND s.user_id = NEW.user_id AND s.department = NEW.department
    ) THEN
        PERFORM core_refuse('gate_vote_by_seat',
            'only who was asked speaks, for his department, while nothing is decided');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION pipeline_gate_seat_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND pipeline_gate_is_demo(OLD.decision_id) THEN
        RETURN OLD;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        PERFORM core_refuse('gate_seat_append_only', 'who was asked stays written down');
    END IF;
    IF NOT EXISTS (
        SELECT FROM pipeline_gatedecision d
        WHERE d.id = NEW.decision_id AND d.state IN ('requested', 'scheduled')
          AND d.requested_by_id <> NEW.user_id
    ) THEN
        PERFORM core_refuse('gate_seat_while_live',
            'others are asked, while nothing is decided');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION pipeline_gate_condition_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    state text;
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF pipeline_gate_is_demo(OLD.decision_id) THEN
            RETURN OLD;
        END IF;
        PERFORM core_refuse('gate_condition_stays', 'conditions stay as they were decided');
    END IF;
    SELECT d.state INTO state FROM pipeline_gatedecision d WHERE d.id = NEW.decision_id;
    IF TG_OP = 'INSERT' THEN
        IF state <> 'scheduled' OR NEW.done_at IS NOT NULL THEN
            PERFORM core_refuse('gate_condition_with_decision',
                'a condition comes with a decision, still to be done');
        END IF;
        RETURN NEW;
    END IF;
    IF state <> 'conditional' OR OLD.done_at IS NOT NULL OR NEW.done_at >= OLD.due_at
       OR (to_jsonb(NEW) - ARRAY['done_at', 'done_by_id', 'evidence'])
           IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['done_at', 'done_by_id', 'evidence']) THEN
        PERFORM core_refuse('gate_condition_stays', 'conditions stay as they were decided');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER gate_guard BEFORE INSERT OR UPDATE OR DELETE ON pipeline_gatedecision
    FOR EACH ROW EXECUTE FUNCTION pipeline_gate_guard();
CREATE TRIGGER gate_vote_append_only BEFORE INSERT OR UPDATE OR DELETE ON pipeline_gatevote
    FOR EACH ROW EXECUTE FUNCTION pipeline_gate_vote_guard();
CREATE TRIGGER gate_seat_append_only BEFORE INSERT OR UPDATE OR DELETE ON pipeline_gateseat
    FOR EACH ROW EXECUTE FUNCTION pipeline_gate_seat_guard();
CREATE TRIGGER gate_condition_guard BEFORE INSERT OR UPDATE OR DELETE ON pipeline_gatecondition
    FOR EACH ROW EXECUTE FUNCTION pipeline_gate_condition_guard();
CREATE TRIGGER gate_not_emptied BEFORE TRUNCATE ON pipeline_gatedecision
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_truncate();
CREATE TRIGGER gate_vote_not_emptied BEFORE TRUNCATE ON pipeline_gatevote
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_truncate();
CREATE TRIGGER gate_seat_not_emptied BEFORE TRUNCATE ON pipeline_gateseat
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_truncate();
CREATE TRIGGER gate_condition_not_emptied BEFORE TRUNCATE ON pipeline_gatecondition
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_truncate();
"""

GUARDS_BACK = """
DROP TRIGGER gate_condition_not_emptied ON pipeline_gatecondition;
DROP TRIGGER gate_seat_not_emptied ON pipeline_gateseat;
DROP TRIGGER gate_vote_not_emptied ON pipeline_gatevote;
DROP TRIGGER gate_not_emptied ON pipeline_gatedecision;
DROP TRIGGER gate_condition_guard ON pipeline_gatecondition;
DROP TRIGGER gate_seat_append_only ON pipeline_gateseat;
DROP TRIGGER gate_vote_append_only ON pipeline_gatevote;
DROP TRIGGER gate_guard ON pipeline_gatedecision;
DROP FUNCTION pipeline_gate_condition_guard();
DROP FUNCTION pipeline_gate_seat_guard();
DROP FUNCTION pipeline_gate_vote_guard();
DROP FUNCTION pipeline_gate_guard();
DROP FUNCTION pipeline_gate_check_move(pipeline_gatedecision, pipeline_gatedecision);
DROP FUNCTION pipeline_gate_check_end(pipeline_gatedecision, pipeline_gatedecision);
DROP FUNCTION pipeline_gate_is_demo(bigint);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('pipeline', '0016_sale_clocks'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ApprovalRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('gate', models.CharField(choices=[('ATI', 'ATI: authorise to invest'), ('ATB', 'ATB: authorise to bid'), ('ATC', 'ATC: authorise to contract'), ('ATAC', 'ATAC: authorise a change of contract'), ('ATCC', 'ATCC: authorise to close the contract')], max_length=4, verbose_name='gate')),
                ('min_amount', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='amount from')),
                ('currency', models.CharField(default='CNY', max_length=3, validators=[django.core.validators.RegexValidator('^[A-Z]{3}\\Z')], verbose_name='currency')),
                ('min_discount_percent', models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(100)], verbose_name='discount from, in %')),
                ('min_payment_days', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='days to pay from')),
                ('departments', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('sales', 'Sales'), ('solution', 'Solution'), ('delivery', 'Delivery'), ('finance', 'Finance'), ('legal', 'Legal')], max_length=8), blank=True, default=list, size=5, verbose_name='departments beside the usual')),
                ('min_level', models.PositiveSmallIntegerField(choices=[(1, 'Staff'), (2, 'Supervisor'), (3, 'Department head'), (4, 'Vice president'), (5, 'Chief executive')], default=1, verbose_name='somebody of rank at least')),
                ('min_role', models.CharField(blank=True, choices=[('manager', 'Manager'), ('director', 'Director')], max_length=20, verbose_name='somebody who is')),
            ],
            options={
                'verbose_name': 'approval rule',
                'verbose_name_plural': 'approval rules',
                'constraints': [models.CheckConstraint(condition=models.Q(('min_amount__isnull', True), ('min_amount__gte', 0), _connector='OR'), name='approval_amount_not_negative'), models.CheckConstraint(condition=models.Q(('min_discount_percent__isnull', True), ('min_discount_percent__range', (0, 100)), _connector='OR'), name='approval_discount_is_a_share'), models.CheckConstraint(condition=models.Q(('min_level__range', (1, 5))), name='approval_level_1_to_5')],
            },
        ),
        migrations.CreateModel(
            name='GateDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('gate', models.CharField(choices=[('ATI', 'ATI: authorise to invest'), ('ATB', 'ATB: authorise to bid'), ('ATC', 'ATC: authorise to contract'), ('ATAC', 'ATAC: authorise a change of contract'), ('ATCC', 'ATCC: authorise to close the contract')], max_length=4, verbose_name='gate')),
                ('state', django_fsm.FSMField(choices=[('requested', 'Requested'), ('scheduled', 'Scheduled'), ('go', 'Go'), ('conditional', 'Go on conditions'), ('no_go', 'No-go'), ('deferred', 'Deferred'), ('fulfilled', 'Conditions fulfilled'), ('lapsed', 'Lapsed'), ('withdrawn', 'Withdrawn')], default='requested', max_length=11, protected=True, verbose_name='state')),
                ('stage', models.CharField(help_text='Where the sale was when it was requested.', max_length=40)),
                ('pack', models.JSONField(default=dict, help_text='What the deciders read, by topic.')),
                ('facts', models.JSONField(default=dict, help_text='Amount and terms when it was decided.')),
                ('departments', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('sales', 'Sales'), ('solution', 'Solution'), ('delivery', 'Delivery'), ('finance', 'Finance'), ('legal', 'Legal')], max_length=8), size=5)),
                ('min_level', models.PositiveSmallIntegerField(choices=[(1, 'Staff'), (2, 'Supervisor'), (3, 'Department head'), (4, 'Vice president'), (5, 'Chief executive')], default=1)),
                ('min_role', models.CharField(blank=True, max_length=20)),
                ('scheduled_at', models.DateTimeField(blank=True, null=True, verbose_name='decided on at')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='reason')),
                ('decided_at', models.DateTimeField(null=True)),
                ('deferred_until', models.DateField(null=True)),
                ('lapses_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(help_text='Fulfilled, lapsed or withdrawn since.', null=True)),
                ('requested_at', models.DateTimeField()),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('opportunity', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='gate_decisions', to='pipeline.opportunity')),
                ('requested_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'gate decision',
                'verbose_name_plural': 'gate decisions',
            },
        ),
        migrations.CreateModel(
            name='GateCondition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=300, verbose_name='condition')),
                ('due_date', models.DateField(verbose_name='due')),
                ('due_at', models.DateTimeField()),
                ('evidence', models.CharField(blank=True, max_length=500, verbose_name='what shows it')),
                ('done_at', models.DateTimeField(null=True)),
                ('done_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='gate_conditions', to=settings.AUTH_USER_MODEL, verbose_name='done by whom')),
                ('decision', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='conditions', to='pipeline.gatedecision')),
            ],
        ),
        migrations.CreateModel(
            name='GateSeat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('department', models.CharField(choices=[('sales', 'Sales'), ('solution', 'Solution'), ('delivery', 'Delivery'), ('finance', 'Finance'), ('legal', 'Legal')], max_length=8)),
                ('invited_at', models.DateTimeField()),
                ('decision', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='seats', to='pipeline.gatedecision')),
                ('invited_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='gate_seats', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='GateVote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('department', models.CharField(choices=[('sales', 'Sales'), ('solution', 'Solution'), ('delivery', 'Delivery'), ('finance', 'Finance'), ('legal', 'Legal')], max_length=8)),
                ('voice', models.CharField(choices=[('go', 'Go'), ('no_go', 'No-go')], max_length=5, verbose_name='vote')),
                ('reason', models.CharField(max_length=500, verbose_name='reason')),
                ('level', models.PositiveSmallIntegerField(choices=[(1, 'Staff'), (2, 'Supervisor'), (3, 'Department head'), (4, 'Vice president'), (5, 'Chief executive')])),
                ('role', models.CharField(max_length=20)),
                ('at', models.DateTimeField()),
                ('decision', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='votes', to='pipeline.gatedecision')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddIndex(
            model_name='gatedecision',
            index=models.Index(fields=['opportunity', 'gate', '-id'], name='gate_newest'),
        ),
        migrations.AddIndex(
            model_name='gatedecision',
            index=models.Index(condition=models.Q(('state', 'conditional')), fields=['lapses_at', 'id'], name='gate_lapses'),
        ),
        migrations.AddIndex(
            model_name='gatedecision',
            index=models.Index(condition=models.Q(('state__in', ['requested', 'scheduled'])), fields=['-requested_at', '-id'], name='gate_live'),
        ),
        migrations.AddConstraint(
            model_name='gatedecision',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['requested', 'scheduled'])), fields=('opportunity', 'gate'), name='gate_one_live_request'),
        ),
        migrations.AddConstraint(
            model_name='gatedecision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('state__in', ['requested', 'scheduled', 'withdrawn'])), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('state__in', ['go', 'conditional', 'no_go', 'deferred', 'fulfilled', 'lapsed'])), _connector='OR'), name='gate_decided_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='gatedecision',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), models.Q(('decided_by', models.F('requested_by')), _negated=True), _connector='OR'), name='gate_not_by_who_requested'),
        ),
        migrations.AddConstraint(
            model_name='gatedecision',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['requested', 'withdrawn']), ('scheduled_at__isnull', False), _connector='OR'), name='gate_decided_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='gatedecision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('deferred_until__isnull', False), ('state', 'deferred')), models.Q(models.Q(('state', 'deferred'), _negated=True), ('deferred_until__isnull', True)), _connector='OR'), name='gate_deferred_until_a_day'),
        ),
        migrations.AddConstraint(
            model_name='gatedecision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['no_go', 'deferred', 'withdrawn']), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='gate_refusal_says_why'),
        ),
        migrations.AddConstraint(
            model_name='gatedecision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'conditional'), _negated=True), ('lapses_at__isnull', False), _connector='OR'), name='gate_conditional_lapses'),
        ),
        migrations.AddConstraint(
            model_name='gatedecision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('state__in', ['fulfilled', 'lapsed', 'withdrawn'])), models.Q(models.Q(('state__in', ['fulfilled', 'lapsed', 'withdrawn']), _negated=True), ('closed_at__isnull', True)), _connector='OR'), name='gate_closed_has_a_time'),
        ),
        migrations.AddConstraint(
            model_name='gatedecision',
            constraint=models.CheckConstraint(condition=models.Q(('departments__len__gt', 0)), name='gate_asks_somebody'),
        ),
        migrations.AddConstraint(
            model_name='gatecondition',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='gate_condition_says_something'),
        ),
        migrations.AddConstraint(
            model_name='gatecondition',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('done_at__isnull', True), ('done_by__isnull', True), ('evidence', '')), models.Q(('done_at__isnull', False), ('done_by__isnull', False), models.Q(('evidence', ''), _negated=True)), _connector='OR'), name='gate_condition_done_with_evidence'),
        ),
        migrations.AddConstraint(
            model_name='gateseat',
            constraint=models.UniqueConstraint(fields=('decision', 'user'), name='gate_seat_once'),
        ),
        migrations.AddConstraint(
            model_name='gatevote',
            constraint=models.UniqueConstraint(fields=('decision', 'user', 'department'), name='gate_vote_once'),
        ),
        migrations.AddConstraint(
            model_name='gatevote',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='gate_vote_says_why'),
        ),
        migrations.RunSQL(GUARDS, GUARDS_BACK),
    ]
