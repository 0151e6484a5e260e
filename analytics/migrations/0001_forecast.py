"""The forecast as it stood, week by week; what was kept stays."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


FORWARD = """
CREATE FUNCTION analytics_line_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND pipeline_is_demo(OLD.opportunity_id) THEN
        RETURN OLD;
    END IF;
    PERFORM core_refuse('forecast_line_append_only', 'a snapshot is never changed or deleted');
    RETURN NULL;
END $$;

CREATE TRIGGER forecast_line_append_only BEFORE UPDATE OR DELETE ON analytics_forecastline
    FOR EACH ROW EXECUTE FUNCTION analytics_line_guard();
CREATE TRIGGER forecast_line_not_emptied BEFORE TRUNCATE ON analytics_forecastline
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_truncate();
"""

BACKWARD = """
DROP TRIGGER forecast_line_not_emptied ON analytics_forecastline;
DROP TRIGGER forecast_line_append_only ON analytics_forecastline;
DROP FUNCTION analytics_line_guard();
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0002_people_stay'),
        ('pipeline', '0012_forecast'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ForecastWeek',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('week', models.DateField(unique=True)),
                ('taken_at', models.DateTimeField()),
                ('sales', models.PositiveIntegerField(help_text='Open ones it holds.')),
            ],
        ),
        migrations.CreateModel(
            name='ForecastLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                ('currency', models.CharField(max_length=3)),
                ('stage', models.SlugField(db_index=False, max_length=40)),
                ('category', models.CharField(max_length=10)),
                ('probability', models.DecimalField(decimal_places=4, max_digits=5)),
                ('rep_category', models.CharField(max_length=10)),
                ('rep_probability', models.DecimalField(decimal_places=3, max_digits=4, null=True)),
                ('manager_category', models.CharField(max_length=10)),
                ('manager_probability', models.DecimalField(decimal_places=3, max_digits=4, null=True)),
                ('expected_close_date', models.DateField(null=True)),
                ('opportunity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pipeline.opportunity')),
                ('owner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('team', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.team')),
                ('week', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='analytics.forecastweek')),
            ],
            options={
                'indexes': [models.Index(fields=['week', 'expected_close_date'], name='forecast_line_closing')],
                'constraints': [models.UniqueConstraint(fields=('week', 'opportunity'), name='forecast_line_once')],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
