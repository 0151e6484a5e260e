"""Pains and what answers them; what the customer has confirmed of them, nobody changes."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FORWARD = """
CREATE FUNCTION pipeline_refuse_rewriting(
    what text, was_confirmed timestamptz, was_dropped timestamptz, same boolean, untouched boolean,
    still_confirmed boolean
) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF was_dropped IS NOT NULL AND NOT untouched THEN
        PERFORM core_refuse(what || '_final', 'what was dropped does not change');
    END IF;
    IF was_confirmed IS NOT NULL AND NOT (same AND still_confirmed) THEN
        PERFORM core_refuse(what || '_final', 'what the customer confirmed does not change');
    END IF;
END $$;

CREATE FUNCTION pipeline_pain_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF pipeline_is_demo(OLD.opportunity_id) THEN
            RETURN OLD;
        END IF;
        PERFORM core_refuse('pain_stays', 'pains are dropped, never deleted');
    END IF;
    IF NOT pipeline_is_proof(NEW.opportunity_id, NEW.confirmation_id) THEN
        PERFORM core_refuse('pain_evidence', 'the evidence is about another customer');
    END IF;
    IF TG_OP = 'INSERT' THEN
        RETURN NEW;
    END IF;
    IF (NEW.opportunity_id, NEW.created_by_id, NEW.created_at)
       IS DISTINCT FROM (OLD.opportunity_id, OLD.created_by_id, OLD.created_at) THEN
        PERFORM core_refuse('pain_stays', 'a pain stays in its sale');
    END IF;
    PERFORM pipeline_refuse_rewriting('pain', OLD.confirmed_at, OLD.dropped_at,
        (NEW.text, NEW.impact_amount, NEW.currency)
            IS NOT DISTINCT FROM (OLD.text, OLD.impact_amount, OLD.currency)
            AND crm_same_person(OLD.contact_id, NEW.contact_id),
        to_jsonb(NEW) - 'contact_id' = to_jsonb(OLD) - 'contact_id'
            AND crm_same_person(OLD.contact_id, NEW.contact_id),
        (NEW.confirmed_at, NEW.confirmation_id)
            IS NOT DISTINCT FROM (OLD.confirmed_at, OLD.confirmation_id));
    RETURN NEW;
END $$;

CREATE FUNCTION pipeline_solution_line_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    sale bigint := (
        SELECT opportunity_id FROM pipeline_painpoint
        WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.pain_id ELSE NEW.pain_id END
    );
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF pipeline_is_demo(sale) THEN
            RETURN OLD;
        END IF;
        PERFORM core_refuse('solution_line_stays', 'lines are dropped, never deleted');
    END IF;
    IF NOT pipeline_is_proof(sale, NEW.confirmation_id) THEN
        PERFORM core_refuse('solution_line_evidence', 'the evidence is about another customer');
    END IF;
    IF TG_OP = 'INSERT' THEN
        RETURN NEW;
    END IF;
    IF sale IS DISTINCT FROM (
        SELECT opportunity_id FROM pipeline_painpoint WHERE id = OLD.pain_id
    ) OR (NEW.created_by_id, NEW.created_at) IS DISTINCT FROM (OLD.created_by_id, OLD.created_at)
    THEN
        PERFORM core_refuse('solution_line_stays', 'a line stays in its sale');
    END IF;
    PERFORM pipeline_refuse_rewriting('solution_line', OLD.confirmed_at, OLD.dropped_at,
        (NEW.pain_id, NEW.kind, NEW.text, NEW.is_differentiator)
            IS NOT DISTINCT FROM (OLD.pain_id, OLD.kind, OLD.text, OLD.is_differentiator),
        to_jsonb(NEW) - 'confirmed_by_id' = to_jsonb(OLD) - 'confirmed_by_id'
            AND crm_same_person(OLD.confirmed_by_id, NEW.confirmed_by_id),
        (NEW.confirmed_at, NEW.confirmation_id)
            IS NOT DISTINCT FROM (OLD.confirmed_at, OLD.confirmation_id)
            AND crm_same_person(OLD.confirmed_by_id, NEW.confirmed_by_id));
    RETURN NEW;
END $$;

CREATE TRIGGER pain_guard BEFORE INSERT OR UPDATE OR DELETE ON pipeline_painpoint
    FOR EACH ROW EXECUTE FUNCTION pipeline_pain_guard();
CREATE TRIGGER pain_not_emptied BEFORE TRUNCATE ON pipeline_painpoint
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_truncate();
CREATE TRIGGER solution_line_guard BEFORE INSERT OR UPDATE OR DELETE ON pipeline_solutionline
    FOR EACH ROW EXECUTE FUNCTION pipeline_solution_line_guard();
CREATE TRIGGER solution_line_not_emptied BEFORE TRUNCATE ON pipeline_solutionline
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_truncate();
"""

BACKWARD = """
DROP TRIGGER solution_line_not_emptied ON pipeline_solutionline;
DROP TRIGGER solution_line_guard ON pipeline_solutionline;
DROP TRIGGER pain_not_emptied ON pipeline_painpoint;
DROP TRIGGER pain_guard ON pipeline_painpoint;
DROP FUNCTION pipeline_solution_line_guard();
DROP FUNCTION pipeline_pain_guard();
DROP FUNCTION pipeline_refuse_rewriting(text, timestamptz, timestamptz, boolean, boolean, boolean);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0018_people_referred_to'),
        ('pipeline', '0013_version_names'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PainPoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(max_length=1000, verbose_name="the pain in the customer's words")),
                ('impact_amount', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name='what it costs them')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('urgency', models.CharField(choices=[('high', 'High'), ('normal', 'Normal'), ('low', 'Low')], default='normal', max_length=6, verbose_name='urgency')),
                ('created_at', models.DateTimeField(editable=False)),
                ('confirmed_at', models.DateTimeField(editable=False, null=True, verbose_name='confirmed by the customer')),
                ('dropped_at', models.DateTimeField(editable=False, null=True)),
                ('drop_reason', models.CharField(blank=True, max_length=500, verbose_name='why it is dropped')),
                ('confirmation', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.evidence')),
                ('contact', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.contact', verbose_name='whose pain')),
                ('created_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('opportunity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pains', to='pipeline.opportunity', verbose_name='opportunity')),
            ],
            options={
                'verbose_name': 'pain',
                'verbose_name_plural': 'pains',
            },
        ),
        migrations.CreateModel(
            name='SolutionLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('product', 'Product'), ('innovation', 'Innovation'), ('service', 'Service')], max_length=10, verbose_name='kind')),
                ('text', models.CharField(max_length=500, verbose_name='what we offer')),
                ('is_differentiator', models.BooleanField(default=False, verbose_name='sets us apart from others')),
                ('created_at', models.DateTimeField(editable=False)),
                ('confirmed_at', models.DateTimeField(editable=False, null=True, verbose_name='confirmed')),
                ('dropped_at', models.DateTimeField(editable=False, null=True)),
                ('drop_reason', models.CharField(blank=True, max_length=500, verbose_name='why it is dropped')),
                ('confirmation', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.evidence')),
                ('confirmed_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.contact', verbose_name='confirmed by')),
                ('created_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('pain', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='pipeline.painpoint', verbose_name='answers')),
            ],
            options={
                'verbose_name': 'line of the solution',
                'verbose_name_plural': 'lines of the solution',
            },
        ),
        migrations.AddConstraint(
            model_name='painpoint',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='pain_has_words'),
        ),
        migrations.AddConstraint(
            model_name='painpoint',
            constraint=models.CheckConstraint(condition=models.Q(('urgency__in', ['high', 'normal', 'low'])), name='pain_urgency_is_known'),
        ),
        migrations.AddConstraint(
            model_name='painpoint',
            constraint=models.CheckConstraint(condition=models.Q(('impact_amount__isnull', True), ('impact_amount__gte', 0), _connector='OR'), name='pain_impact_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='painpoint',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('confirmation__isnull', True), ('confirmed_at__isnull', True)), models.Q(('confirmation__isnull', False), ('confirmed_at__isnull', False)), _connector='OR'), name='pain_confirmed_with_evidence'),
        ),
        migrations.AddConstraint(
            model_name='painpoint',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('drop_reason', ''), ('dropped_at__isnull', True)), models.Q(models.Q(('drop_reason', ''), _negated=True), ('dropped_at__isnull', False)), _connector='OR'), name='pain_dropped_with_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='solutionline',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='solution_line_has_words'),
        ),
        migrations.AddConstraint(
            model_name='solutionline',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['product', 'innovation', 'service'])), name='solution_line_kind_is_known'),
        ),
        migrations.AddConstraint(
            model_name='solutionline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('confirmation__isnull', True), ('confirmed_at__isnull', True), ('confirmed_by__isnull', True)), models.Q(('confirmation__isnull', False), ('confirmed_at__isnull', False), ('confirmed_by__isnull', False)), _connector='OR'), name='solution_line_confirmed_with_evidence'),
        ),
        migrations.AddConstraint(
            model_name='solutionline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('drop_reason', ''), ('dropped_at__isnull', True)), models.Q(models.Q(('drop_reason', ''), _negated=True), ('dropped_at__isnull', False)), _connector='OR'), name='solution_line_dropped_with_a_reason'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
