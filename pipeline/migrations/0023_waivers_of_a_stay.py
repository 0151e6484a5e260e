"""A waiver lets pass in the stay it was asked for in; back in the stage it is asked for anew."""

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION pipeline_transition_waivers() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM unnest(NEW.criteria_waived) AS claimed (id)
        WHERE NOT EXISTS (
            SELECT 1 FROM pipeline_waiver w
            WHERE w.opportunity_id = NEW.opportunity_id AND w.criterion_id = claimed.id
              AND w.state = 'granted' AND w.expires_at > NEW.at%s
        )
    ) THEN
        PERFORM core_refuse('transition_waives_what_is_granted',
            'a criterion is waived only by a waiver somebody has granted and that still holds');
    END IF;
    RETURN NEW;
END $$;
"""
IN_THIS_STAY = """
              AND w.asked_at >= (
                  SELECT v.entered_at FROM pipeline_stagevisit v
                  WHERE v.opportunity_id = NEW.opportunity_id AND v.left_at IS NULL
              )"""


class Migration(migrations.Migration):
    dependencies = [("pipeline", "0022_no_waiver_of_a_decision")]

    operations = [migrations.RunSQL(FUNCTION % IN_THIS_STAY, FUNCTION % "")]
