"""What only grows is not emptied at a stroke: row triggers do not see a TRUNCATE."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION core_refuse_truncate() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM core_refuse(TG_NAME, TG_TABLE_NAME || ' only grows');
    RETURN NULL;
END $$;

CREATE TRIGGER event_not_emptied BEFORE TRUNCATE ON core_event
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_truncate();
"""

BACKWARD = """
DROP TRIGGER event_not_emptied ON core_event;
DROP FUNCTION core_refuse_truncate();
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0003_calendar_and_idempotency")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
