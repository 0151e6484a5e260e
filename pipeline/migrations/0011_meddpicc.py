"""Scores of MEDDPICC, of which none is ever changed, with evidence about the sale's own customer."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FORWARD = """
CREATE FUNCTION pipeline_is_proof(sale bigint, proof bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT proof IS NULL OR EXISTS (
        SELECT 1 FROM pipeline_opportunity o JOIN crm_evidence e ON e.customer_id = o.customer_id
        WHERE o.id = sale AND e.id = proof
    )
$$;

CREATE FUNCTION pipeline_meddpicc_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NOT pipeline_is_proof(NEW.opportunity_id, NEW.evidence_id) THEN
            PERFORM core_refuse('meddpicc_evidence', 'the evidence is about another customer');
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' AND pipeline_is_demo(OLD.opportunity_id) THEN
        RETURN OLD;
    END IF;
    PERFORM core_refuse('meddpicc_append_only', 'a later score is a new row');
    RETURN NULL;
END $$;

CREATE TRIGGER meddpicc_append_only BEFORE INSERT OR UPDATE OR DELETE ON pipeline_meddpiccscore
    FOR EACH ROW EXECUTE FUNCTION pipeline_meddpicc_guard();
CREATE TRIGGER meddpicc_not_emptied BEFORE TRUNCATE ON pipeline_meddpiccscore
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_truncate();
"""

BACKWARD = """
DROP TRIGGER meddpicc_not_emptied ON pipeline_meddpiccscore;
DROP TRIGGER meddpicc_append_only ON pipeline_meddpiccscore;
DROP FUNCTION pipeline_meddpicc_guard();
DROP FUNCTION pipeline_is_proof(bigint, bigint);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0004_no_truncate'),
        ('crm', '0018_people_referred_to'),
        ('pipeline', '0010_playbook'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='MeddpiccScore',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('letter', models.CharField(choices=[('M', 'Metrics'), ('E', 'Economic buyer'), ('Dc', 'Decision criteria'), ('Dp', 'Decision process'), ('P', 'Paper process'), ('I', 'Identify pain'), ('Ch', 'Champion'), ('Co', 'Competition')], max_length=2, verbose_name='letter')),
                ('score', models.PositiveSmallIntegerField(choices=[(0, 'Unknown'), (1, 'Identified'), (2, 'Validated with the customer'), (3, 'Leveraged')], verbose_name='score')),
                ('note', models.CharField(blank=True, max_length=500, verbose_name='what we know')),
                ('at', models.DateTimeField(editable=False)),
                ('by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('evidence', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.evidence', verbose_name='evidence')),
                ('opportunity', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='meddpicc_scores', to='pipeline.opportunity')),
            ],
            options={
                'verbose_name': 'MEDDPICC score',
                'verbose_name_plural': 'MEDDPICC scores',
                'indexes': [models.Index(fields=['opportunity', 'letter', '-id'], name='meddpicc_latest')],
                'constraints': [models.CheckConstraint(condition=models.Q(('letter__in', ['M', 'E', 'Dc', 'Dp', 'P', 'I', 'Ch', 'Co'])), name='meddpicc_letter_is_known'), models.CheckConstraint(condition=models.Q(('score__in', [0, 1]), models.Q(('evidence__isnull', False), ('score__in', [2, 3])), _connector='OR'), name='meddpicc_score_has_evidence', violation_error_message='From 2 on a score needs evidence.')],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
