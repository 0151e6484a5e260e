"""What is closed was open before, and reminders are not emptied at a stroke either."""

from django.db import migrations

BIRTH = """
CREATE FUNCTION crm_refuse_birth() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM core_refuse(TG_ARGV[0], TG_ARGV[1]);
    RETURN NULL;
END $$;
"""
BORN = [
    ("crm_jointgoal", "goal_born_open", "open", "goal_final", "a goal begins open"),
    (
        "crm_valueoffer",
        "value_offer_born_open",
        "offered",
        "value_offer_final",
        "an offer begins by being offered",
    ),
    (
        "crm_expectation",
        "expectation_born_open",
        "open",
        "expectation_final",
        "an expectation begins open",
    ),
]
GUARDED = {
    "crm_commitmentreminder": "commitment_reminder_not_emptied",
    "crm_concernreminder": "concern_reminder_not_emptied",
    "crm_expectation": "expectation_not_emptied",
    "crm_helpreminder": "help_reminder_not_emptied",
}
FORWARD = [
    BIRTH,
    *(
        f"CREATE TRIGGER {trigger} BEFORE INSERT ON {table} FOR EACH ROW "
        f"WHEN (NEW.state <> '{first}') EXECUTE FUNCTION crm_refuse_birth('{name}', '{why}')"
        for table, trigger, first, name, why in BORN
    ),
    *(
        f"CREATE TRIGGER {trigger} BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_truncate()"
        for table, trigger in GUARDED.items()
    ),
]
BACKWARD = [
    *(f"DROP TRIGGER {trigger} ON {table}" for table, trigger in GUARDED.items()),
    *(f"DROP TRIGGER {trigger} ON {table}" for table, trigger, *_rest in BORN),
    "DROP FUNCTION crm_refuse_birth()",
]


class Migration(migrations.Migration):
    dependencies = [("crm", "0016_intel"), ("core", "0004_no_truncate")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
