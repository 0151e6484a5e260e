"""Events refuse change; the function every later guard uses to say so."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION core_refuse(rule text, sentence text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', sentence USING ERRCODE = 'restrict_violation', CONSTRAINT = rule;
END $$;

CREATE FUNCTION core_event_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.is_demo THEN
        RETURN OLD;
    END IF;
    PERFORM core_refuse('event_append_only', 'events are never changed or deleted');
    RETURN NULL;
END $$;

CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE ON core_event
    FOR EACH ROW EXECUTE FUNCTION core_event_guard();
"""

BACKWARD = """
DROP TRIGGER event_append_only ON core_event;
DROP FUNCTION core_event_guard();
DROP FUNCTION core_refuse(text, text);
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
