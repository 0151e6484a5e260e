"""Goals agreed with customers, and what the database itself keeps true about them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

GOALS = """
CREATE FUNCTION crm_goal_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF (SELECT is_demo FROM crm_customer WHERE id = OLD.customer_id) THEN
            RETURN OLD;
        END IF;
        PERFORM core_refuse('goal_stays', 'goals are closed, never deleted');
    END IF;
    IF OLD.state <> 'open' AND to_jsonb(NEW) IS DISTINCT FROM to_jsonb(OLD) THEN
        PERFORM core_refuse('goal_final', 'a closed goal does not change');
    END IF;
    IF (NEW.customer_id, NEW.side, NEW.title, NEW.measure, NEW.baseline, NEW.target,
        NEW.start_date, NEW.due_date, NEW.created_by_id, NEW.created_at)
       IS DISTINCT FROM
       (OLD.customer_id, OLD.side, OLD.title, OLD.measure, OLD.baseline, OLD.target,
        OLD.start_date, OLD.due_date, OLD.created_by_id, OLD.created_at)
       OR NOT crm_same_person(OLD.contact_id, NEW.contact_id) THEN
        PERFORM core_refuse('goal_stays', 'a goal that was agreed does not change');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER goal_guard BEFORE UPDATE OR DELETE ON crm_jointgoal
    FOR EACH ROW EXECUTE FUNCTION crm_goal_guard();
CREATE TRIGGER goal_not_emptied BEFORE TRUNCATE ON crm_jointgoal
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_truncate();

CREATE FUNCTION crm_goal_value_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND (
        SELECT c.is_demo FROM crm_jointgoal g JOIN crm_customer c ON c.id = g.customer_id
        WHERE g.id = OLD.goal_id
    ) THEN
        RETURN OLD;
    END IF;
    PERFORM core_refuse('goal_values_grow', 'values of a goal are only added');
    RETURN NULL;
END $$;

CREATE TRIGGER goal_value_append_only BEFORE UPDATE OR DELETE ON crm_goalvalue
    FOR EACH ROW EXECUTE FUNCTION crm_goal_value_guard();
CREATE TRIGGER goal_value_not_emptied BEFORE TRUNCATE ON crm_goalvalue
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_truncate();
"""

GOALS_BACK = """
DROP TRIGGER goal_value_not_emptied ON crm_goalvalue;
DROP TRIGGER goal_value_append_only ON crm_goalvalue;
DROP FUNCTION crm_goal_value_guard();
DROP TRIGGER goal_not_emptied ON crm_jointgoal;
DROP TRIGGER goal_guard ON crm_jointgoal;
DROP FUNCTION crm_goal_guard();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0012_help'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='JointGoal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('side', models.CharField(choices=[('theirs', 'Theirs'), ('ours', 'Ours')], max_length=6, verbose_name='whose goal')),
                ('title', models.CharField(max_length=200, verbose_name='goal')),
                ('measure', models.CharField(help_text='What is counted, such as “kWh per tonne”.', max_length=120, verbose_name='measured by')),
                ('baseline', models.DecimalField(decimal_places=4, max_digits=18, verbose_name='from')),
                ('target', models.DecimalField(decimal_places=4, max_digits=18, verbose_name='to')),
                ('start_date', models.DateField(verbose_name='begins')),
                ('due_date', models.DateField(verbose_name='due')),
                ('state', models.CharField(choices=[('open', 'Open'), ('reached', 'Reached'), ('missed', 'Missed'), ('dropped', 'Dropped')], default='open', editable=False, max_length=8, verbose_name='state')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='reason')),
                ('created_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(editable=False, null=True)),
                ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='goals', to='crm.contact', verbose_name='who stands for it there')),
                ('created_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='goals', to='crm.customer', verbose_name='customer')),
                ('owner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='goals', to=settings.AUTH_USER_MODEL, verbose_name='seen to by')),
            ],
            options={
                'verbose_name': 'joint goal',
                'verbose_name_plural': 'joint goals',
            },
        ),
        migrations.CreateModel(
            name='GoalValue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('value', models.DecimalField(decimal_places=4, max_digits=18, verbose_name='value')),
                ('as_of_date', models.DateField(verbose_name='measured on')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='where it is from')),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('goal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='values_told', to='crm.jointgoal')),
            ],
            options={
                'verbose_name': 'value of a goal',
                'verbose_name_plural': 'values of goals',
            },
        ),
        migrations.AddIndex(
            model_name='jointgoal',
            index=models.Index(fields=['customer', 'state', 'due_date'], name='goal_customer'),
        ),
        migrations.AddIndex(
            model_name='jointgoal',
            index=models.Index(condition=models.Q(('state', 'open')), fields=['owner', 'due_date', 'id'], name='goal_open'),
        ),
        migrations.AddIndex(
            model_name='jointgoal',
            index=models.Index(fields=['due_date', 'id'], name='goal_by_due'),
        ),
        migrations.AddConstraint(
            model_name='jointgoal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('title', ''), _negated=True), models.Q(('measure', ''), _negated=True)), name='goal_says_something'),
        ),
        migrations.AddConstraint(
            model_name='jointgoal',
            constraint=models.CheckConstraint(condition=models.Q(('target', models.F('baseline')), _negated=True), name='goal_goes_somewhere', violation_error_message='A goal leads from one value to another.'),
        ),
        migrations.AddConstraint(
            model_name='jointgoal',
            constraint=models.CheckConstraint(condition=models.Q(('due_date__gt', models.F('start_date'))), name='goal_due_after_its_start'),
        ),
        migrations.AddConstraint(
            model_name='jointgoal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('state', 'open')), models.Q(('closed_at__isnull', False), ('state__in', ['reached', 'missed'])), models.Q(models.Q(('reason', ''), _negated=True), ('closed_at__isnull', False), ('state', 'dropped')), _connector='OR'), name='goal_state_is_shown'),
        ),
        migrations.AddIndex(
            model_name='goalvalue',
            index=models.Index(fields=['goal', '-as_of_date', '-id'], name='goal_value_latest'),
        ),
        migrations.RunSQL(GOALS, GOALS_BACK),
    ]
