"""What a decision chain keeps of the past is not emptied at a stroke."""

from django.db import migrations

GUARDED = {
    "crm_stakeholder": "stakeholder_not_emptied",
    "crm_stakeholderspan": "stakeholder_span_not_emptied",
    "crm_evidence": "evidence_not_emptied",
    "crm_chainline": "chain_line_not_emptied",
    "crm_tie": "tie_not_emptied",
    "crm_employment": "employment_not_emptied",
    "crm_peerpair": "peer_pair_not_emptied",
}
FORWARD = [
    f"CREATE TRIGGER {trigger} BEFORE TRUNCATE ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_truncate()"
    for table, trigger in GUARDED.items()
]
BACKWARD = [f"DROP TRIGGER {trigger} ON {table}" for table, trigger in GUARDED.items()]


class Migration(migrations.Migration):
    dependencies = [("crm", "0013_joint_goals"), ("core", "0004_no_truncate")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
