"""How sales of each stage ended, and what rep and manager expect of one; what was said stays."""

import django.db.models.deletion
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


FORWARD = """
CREATE FUNCTION pipeline_forecast_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF pipeline_is_demo(OLD.opportunity_id) THEN
            RETURN OLD;
        END IF;
        PERFORM core_refuse('forecast_override_append_only', 'an expectation is ended, never deleted');
    END IF;
    IF OLD.ended_at IS NOT NULL
       OR to_jsonb(NEW) - 'ended_at' IS DISTINCT FROM to_jsonb(OLD) - 'ended_at' THEN
        PERFORM core_refuse('forecast_override_append_only', 'an expectation is ended, never changed');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER forecast_override_append_only BEFORE UPDATE OR DELETE ON pipeline_forecastoverride
    FOR EACH ROW EXECUTE FUNCTION pipeline_forecast_guard();
CREATE TRIGGER forecast_override_not_emptied BEFORE TRUNCATE ON pipeline_forecastoverride
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_truncate();
"""

BACKWARD = """
DROP TRIGGER forecast_override_not_emptied ON pipeline_forecastoverride;
DROP TRIGGER forecast_override_append_only ON pipeline_forecastoverride;
DROP FUNCTION pipeline_forecast_guard();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('pipeline', '0011_meddpicc'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ForecastOverride',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('side', models.CharField(choices=[('rep', 'Rep'), ('manager', 'Manager')], max_length=7, verbose_name='side')),
                ('category', models.CharField(blank=True, choices=[('omitted', 'Omitted'), ('pipeline', 'Pipeline'), ('best_case', 'Best case'), ('commit', 'Commit')], help_text='Empty: that of the stage.', max_length=10, verbose_name='forecast category')),
                ('probability', models.DecimalField(blank=True, decimal_places=3, help_text='0 to 1; empty: that of the stage.', max_digits=4, null=True, verbose_name='probability')),
                ('reason', models.CharField(max_length=500, verbose_name='reason')),
                ('stage', models.SlugField(db_index=False, editable=False, help_text='Where the sale stood.', max_length=40)),
                ('at', models.DateTimeField(editable=False)),
                ('ended_at', models.DateTimeField(editable=False, null=True)),
                ('by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('opportunity', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='forecast_overrides', to='pipeline.opportunity')),
            ],
            options={
                'verbose_name': 'expectation of a sale',
                'verbose_name_plural': 'expectations of sales',
                'indexes': [models.Index(fields=['opportunity', '-id'], name='forecast_override_of')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('opportunity', 'side'), name='forecast_override_live_once'), models.CheckConstraint(condition=models.Q(('side__in', ['rep', 'manager'])), name='forecast_override_side_known'), models.CheckConstraint(condition=models.Q(('category__in', ['', 'omitted', 'commit', 'best_case', 'pipeline'])), name='forecast_override_category_known'), models.CheckConstraint(condition=models.Q(('probability__isnull', True), ('probability__range', (Decimal('0'), Decimal('1'))), _connector='OR'), name='forecast_override_probability_is_one'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='forecast_override_has_a_reason'), models.CheckConstraint(condition=models.Q(('ended_at__isnull', True), ('ended_at__gte', models.F('at')), _connector='OR'), name='forecast_override_ends_after_it_began')],
            },
        ),
        migrations.CreateModel(
            name='StageOdds',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stage', models.SlugField(db_index=False, max_length=40)),
                ('segment', models.CharField(max_length=1)),
                ('wins', models.PositiveIntegerField(help_text='Of the decided ones.')),
                ('decided', models.PositiveIntegerField(help_text='Entered it ever, and closed since.')),
                ('advanced', models.PositiveIntegerField(help_text='Reached a later open stage, or were won.')),
                ('failed', models.PositiveIntegerField(help_text='Closed without a win before a later stage.')),
                ('still_there', models.PositiveIntegerField(help_text='Live and never beyond it.')),
                ('counted_at', models.DateTimeField()),
                ('pipeline', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='odds', to='pipeline.pipeline')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('pipeline', 'stage', 'segment'), name='stage_odds_once'), models.CheckConstraint(condition=models.Q(('wins__lte', models.F('decided'))), name='stage_odds_wins_are_decided')],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
