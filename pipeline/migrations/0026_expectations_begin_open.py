"""An expectation begins as one that holds: a row born ended would be a history nobody wrote."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION pipeline_forecast_born() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.ended_at IS NOT NULL THEN
        PERFORM core_refuse('forecast_override_born_open', 'an expectation begins as one that holds');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER forecast_override_born_open BEFORE INSERT ON pipeline_forecastoverride
    FOR EACH ROW EXECUTE FUNCTION pipeline_forecast_born();
"""

BACKWARD = """
DROP TRIGGER forecast_override_born_open ON pipeline_forecastoverride;
DROP FUNCTION pipeline_forecast_born();
"""


class Migration(migrations.Migration):
    dependencies = [("pipeline", "0025_planned_days_so_far")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
