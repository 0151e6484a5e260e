"""What a committee decides is no criterion somebody alone lets pass."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION pipeline_waiver_of_no_decision() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM pipeline_exitcriterion c
        WHERE c.id = NEW.criterion_id AND c.kind = 'gate_decision'
    ) THEN
        PERFORM core_refuse('waiver_of_no_decision', 'a decision of the committee is not waived');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER waiver_of_no_decision BEFORE INSERT OR UPDATE OF state ON pipeline_waiver
    FOR EACH ROW WHEN (NEW.state IN ('asked', 'granted'))
    EXECUTE FUNCTION pipeline_waiver_of_no_decision();
"""
BACKWARD = """
DROP TRIGGER waiver_of_no_decision ON pipeline_waiver;
DROP FUNCTION pipeline_waiver_of_no_decision();
"""


class Migration(migrations.Migration):
    dependencies = [("pipeline", "0021_confirmations")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
