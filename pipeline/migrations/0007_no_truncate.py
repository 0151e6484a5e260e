"""The ledger and the stays that follow from it are not emptied at a stroke."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER transition_not_emptied BEFORE TRUNCATE ON pipeline_transition
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_truncate();
CREATE TRIGGER stage_visit_not_emptied BEFORE TRUNCATE ON pipeline_stagevisit
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_truncate();
"""

BACKWARD = """
DROP TRIGGER stage_visit_not_emptied ON pipeline_stagevisit;
DROP TRIGGER transition_not_emptied ON pipeline_transition;
"""


class Migration(migrations.Migration):
    dependencies = [("pipeline", "0006_recount_clocks"), ("core", "0004_no_truncate")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
