"""Competitors, and versions of what we offer, of which exactly one is current."""

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

FORWARD = """
CREATE FUNCTION pipeline_proposal_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF pipeline_is_demo(OLD.opportunity_id) THEN
            RETURN OLD;
        END IF;
        PERFORM core_refuse('proposal_stays', 'versions of a proposal are never deleted');
    END IF;
    IF to_jsonb(NEW) - '{is_current,approved_by_id,approved_at,sent_at}'::text[]
       IS DISTINCT FROM
       to_jsonb(OLD) - '{is_current,approved_by_id,approved_at,sent_at}'::text[] THEN
        PERFORM core_refuse('proposal_terms', 'other terms are another version');
    END IF;
    IF OLD.approved_at IS NOT NULL AND (NEW.approved_by_id, NEW.approved_at)
       IS DISTINCT FROM (OLD.approved_by_id, OLD.approved_at)
       OR OLD.sent_at IS NOT NULL AND NEW.sent_at IS DISTINCT FROM OLD.sent_at THEN
        PERFORM core_refuse('proposal_final', 'what was approved or sent stays so');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION pipeline_proposal_is_current() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM pipeline_proposal
        WHERE opportunity_id = NEW.opportunity_id AND is_current
    ) THEN
        PERFORM core_refuse('proposal_one_current', 'one version of a proposal is current');
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER proposal_guard BEFORE UPDATE OR DELETE ON pipeline_proposal
    FOR EACH ROW EXECUTE FUNCTION pipeline_proposal_guard();
CREATE CONSTRAINT TRIGGER proposal_one_is_current AFTER INSERT OR UPDATE ON pipeline_proposal
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION pipeline_proposal_is_current();
CREATE TRIGGER proposal_not_emptied BEFORE TRUNCATE ON pipeline_proposal
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_truncate();
"""

BACKWARD = """
DROP TRIGGER proposal_not_emptied ON pipeline_proposal;
DROP TRIGGER proposal_one_is_current ON pipeline_proposal;
DROP TRIGGER proposal_guard ON pipeline_proposal;
DROP FUNCTION pipeline_proposal_is_current();
DROP FUNCTION pipeline_proposal_guard();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0018_people_referred_to'),
        ('pipeline', '0018_drafts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Competitor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('is_active', models.BooleanField(default=True, verbose_name='can be chosen')),
                ('created_at', models.DateTimeField(editable=False)),
                ('is_demo', models.BooleanField(default=False, editable=False)),
            ],
            options={
                'verbose_name': 'competitor',
                'verbose_name_plural': 'competitors',
                'constraints': [models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='competitor_has_a_name'), models.UniqueConstraint(django.db.models.functions.text.Lower('name'), name='competitor_name_once')],
            },
        ),
        migrations.CreateModel(
            name='Proposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveSmallIntegerField(editable=False, verbose_name='version')),
                ('document', models.CharField(max_length=200, verbose_name='name of the document')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='amount')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('discount_percent', models.DecimalField(decimal_places=2, default=0, max_digits=5, verbose_name='discount in per cent')),
                ('is_current', models.BooleanField(default=True, editable=False, verbose_name='current')),
                ('created_at', models.DateTimeField(editable=False)),
                ('approved_at', models.DateTimeField(editable=False, null=True, verbose_name='approved')),
                ('sent_at', models.DateTimeField(editable=False, null=True, verbose_name='sent to the customer')),
                ('approved_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by')),
                ('created_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('opportunity', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='pipeline.opportunity', verbose_name='opportunity')),
            ],
            options={
                'verbose_name': 'proposal',
                'verbose_name_plural': 'proposals',
                'constraints': [models.UniqueConstraint(fields=('opportunity', 'version'), name='proposal_version_once'), models.UniqueConstraint(condition=models.Q(('is_current', True)), fields=('opportunity',), name='proposal_one_current'), models.CheckConstraint(condition=models.Q(('document', ''), _negated=True), name='proposal_has_a_document'), models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='proposal_amount_not_negative'), models.CheckConstraint(condition=models.Q(('discount_percent__range', (0, 100))), name='proposal_discount_is_a_share'), models.CheckConstraint(condition=models.Q(models.Q(('approved_at__isnull', True), ('approved_by__isnull', True)), models.Q(models.Q(('approved_by', models.F('created_by')), _negated=True), ('approved_at__isnull', False), ('approved_by__isnull', False)), _connector='OR'), name='proposal_approved_by_another'), models.CheckConstraint(condition=models.Q(('sent_at__isnull', True), ('approved_at__isnull', False), _connector='OR'), name='proposal_approved_before_sent')],
            },
        ),
        migrations.CreateModel(
            name='Rival',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('offer', models.TextField(blank=True, max_length=1000, verbose_name='what they offer')),
                ('price_level', models.CharField(choices=[('unknown', 'Not known'), ('lower', 'Below ours'), ('same', 'Like ours'), ('higher', 'Above ours')], default='unknown', max_length=7, verbose_name='their price')),
                ('strengths', models.TextField(blank=True, max_length=1000, verbose_name='what they are good at')),
                ('relationship_owner', models.CharField(blank=True, max_length=120, verbose_name='who keeps their relations')),
                ('state', models.CharField(choices=[('suspected', 'Suspected'), ('active', 'Competes'), ('shortlisted', 'On the short list'), ('out', 'Out')], default='suspected', max_length=11, verbose_name='how they stand')),
                ('noted_at', models.DateTimeField(editable=False)),
                ('updated_at', models.DateTimeField(editable=False)),
                ('competitor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rivals', to='pipeline.competitor', verbose_name='competitor')),
                ('noted_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('opportunity', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='rivals', to='pipeline.opportunity', verbose_name='opportunity')),
                ('sponsor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.contact', verbose_name='their sponsor inside')),
            ],
            options={
                'verbose_name': 'competitor in a sale',
                'verbose_name_plural': 'competitors in sales',
                'constraints': [models.UniqueConstraint(fields=('opportunity', 'competitor'), name='rival_once_in_a_sale'), models.CheckConstraint(condition=models.Q(('price_level__in', ['unknown', 'lower', 'same', 'higher'])), name='rival_price_level_is_known'), models.CheckConstraint(condition=models.Q(('state__in', ['suspected', 'active', 'shortlisted', 'out'])), name='rival_state_is_known')],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
