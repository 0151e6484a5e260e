"""Confirmations of criteria: by a person, in the stay the sale is in, kept when taken back."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FORWARD = """
CREATE FUNCTION pipeline_confirmation_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF pipeline_is_demo(OLD.opportunity_id) THEN
            RETURN OLD;
        END IF;
        PERFORM core_refuse('confirmation_stays', 'confirmations are taken back, never deleted');
    END IF;
    IF EXISTS (SELECT 1 FROM pipeline_stagevisit WHERE id = NEW.visit_id AND left_at IS NOT NULL)
    THEN
        PERFORM core_refuse('confirmation_stays', 'the stay is over, and what it was left with');
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF OLD.taken_back_at IS NOT NULL
           OR to_jsonb(NEW) - '{taken_back_at,taken_back_by_id,taken_back_reason}'::text[]
              IS DISTINCT FROM
              to_jsonb(OLD) - '{taken_back_at,taken_back_by_id,taken_back_reason}'::text[] THEN
            PERFORM core_refuse('confirmation_stays', 'a confirmation is only taken back, once');
        END IF;
        RETURN NEW;
    END IF;
    IF NOT EXISTS (
        SELECT 1
        FROM pipeline_stagevisit v
        JOIN pipeline_opportunity o ON o.id = v.opportunity_id
        JOIN pipeline_stage s ON s.version_id = o.version_id AND s.key = v.stage
        JOIN pipeline_exitcriterion c ON c.stage_id = s.id AND c.kind = 'confirmed'
        WHERE v.id = NEW.visit_id AND o.id = NEW.opportunity_id AND c.id = NEW.criterion_id
    ) THEN
        PERFORM core_refuse('confirmation_in_its_stay', 'the stage asks for no such confirmation');
    END IF;
    IF EXISTS (
        SELECT 1 FROM accounts_user WHERE id = NEW.by_id AND role IN ('system', 'integration')
    ) THEN
        PERFORM core_refuse('confirmation_by_a_person', 'a machine confirms nothing');
    END IF;
    IF NOT pipeline_is_proof(NEW.opportunity_id, NEW.evidence_id) THEN
        PERFORM core_refuse('confirmation_evidence', 'the evidence is about another customer');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER confirmation_guard BEFORE INSERT OR UPDATE OR DELETE ON pipeline_confirmation
    FOR EACH ROW EXECUTE FUNCTION pipeline_confirmation_guard();
CREATE TRIGGER confirmation_not_emptied BEFORE TRUNCATE ON pipeline_confirmation
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_truncate();
"""

BACKWARD = """
DROP TRIGGER confirmation_not_emptied ON pipeline_confirmation;
DROP TRIGGER confirmation_guard ON pipeline_confirmation;
DROP FUNCTION pipeline_confirmation_guard();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0019_orphan_clocks'),
        ('pipeline', '0020_gate_payment'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Confirmation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('note', models.CharField(blank=True, max_length=500, verbose_name='note')),
                ('at', models.DateTimeField()),
                ('taken_back_at', models.DateTimeField(null=True)),
                ('taken_back_reason', models.CharField(blank=True, max_length=500, verbose_name='why it was taken back')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('criterion', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pipeline.exitcriterion')),
                ('evidence', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.evidence')),
                ('opportunity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='confirmations', to='pipeline.opportunity')),
                ('taken_back_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('visit', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='confirmations', to='pipeline.stagevisit')),
            ],
            options={
                'verbose_name': 'confirmation',
                'verbose_name_plural': 'confirmations',
                'constraints': [models.UniqueConstraint(condition=models.Q(('taken_back_at__isnull', True)), fields=('visit', 'criterion'), name='confirmation_once_in_a_stay'), models.CheckConstraint(condition=models.Q(models.Q(('taken_back_at__isnull', True), ('taken_back_by__isnull', True), ('taken_back_reason', '')), models.Q(models.Q(('taken_back_reason', ''), _negated=True), ('taken_back_at__isnull', False), ('taken_back_by__isnull', False)), _connector='OR'), name='confirmation_taken_back_with_a_reason')],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
