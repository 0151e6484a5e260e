"""Who served whom is not emptied at a stroke."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER assignment_not_emptied BEFORE TRUNCATE ON crm_assignment
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_truncate();
"""

BACKWARD = """
DROP TRIGGER assignment_not_emptied ON crm_assignment;
"""


class Migration(migrations.Migration):
    dependencies = [("crm", "0003_activities_by_time"), ("core", "0004_no_truncate")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
