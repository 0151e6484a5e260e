"""A kept week stays: only its count is written once, and it takes no line afterwards."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION analytics_week_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.sales = 0
       AND to_jsonb(NEW) - 'sales' = to_jsonb(OLD) - 'sales' THEN
        RETURN NEW;
    END IF;
    PERFORM core_refuse('forecast_week_append_only', 'a snapshot is never changed or deleted');
    RETURN NULL;
END $$;

CREATE TRIGGER forecast_week_append_only BEFORE UPDATE OR DELETE ON analytics_forecastweek
    FOR EACH ROW EXECUTE FUNCTION analytics_week_guard();
CREATE TRIGGER forecast_week_not_emptied BEFORE TRUNCATE ON analytics_forecastweek
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_truncate();

CREATE FUNCTION analytics_line_into_open_week() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT sales FROM analytics_forecastweek WHERE id = NEW.week_id) <> 0 THEN
        PERFORM core_refuse('forecast_line_in_time', 'a week that was counted takes no line');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER forecast_line_in_time BEFORE INSERT ON analytics_forecastline
    FOR EACH ROW EXECUTE FUNCTION analytics_line_into_open_week();
"""

BACKWARD = """
DROP TRIGGER forecast_line_in_time ON analytics_forecastline;
DROP FUNCTION analytics_line_into_open_week();
DROP TRIGGER forecast_week_not_emptied ON analytics_forecastweek;
DROP TRIGGER forecast_week_append_only ON analytics_forecastweek;
DROP FUNCTION analytics_week_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("analytics", "0001_forecast")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
