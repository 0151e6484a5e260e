"""An opportunity runs through a published version; what it waits for ends with the wait."""

from django.db import migrations

FORWARD = """
CREATE OR REPLACE FUNCTION pipeline_opportunity_birth() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.birth_xact := pg_current_xact_id()::text::bigint;
    IF NEW.ledger_seq <> 0 OR NEW.state <> 'open' OR NEW.closed_at IS NOT NULL
       OR NEW.stage IS DISTINCT FROM (
           SELECT key FROM pipeline_stage WHERE version_id = NEW.version_id
           ORDER BY position LIMIT 1
       ) THEN
        PERFORM core_refuse('opportunity_born_at_first_stage',
            'an opportunity is born open, at the first stage of its pipeline');
    END IF;
    IF NOT pipeline_published(NEW.version_id) THEN
        PERFORM core_refuse('opportunity_of_published_version',
            'an opportunity runs through a published pipeline version');
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION pipeline_transition_apply() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    is_closed boolean := NEW.to_state IN ('won', 'lost', 'no_decision', 'withdrawn');
    moves boolean := NEW.to_stage <> NEW.from_stage;
    ends boolean := NEW.to_state IN ('lost', 'no_decision', 'withdrawn')
        OR (NEW.to_state = 'won' AND NEW.from_state <> 'won'
            AND (NEW.name = 'import' OR NOT moves));
BEGIN
    UPDATE pipeline_opportunity SET
        stage = NEW.to_stage, state = NEW.to_state, ledger_seq = NEW.seq,
        closed_at = CASE WHEN NOT is_closed THEN NULL ELSE coalesce(closed_at, NEW.at) END,
        waiting_until = CASE WHEN NEW.to_state = 'on_hold' THEN waiting_until END,
        updated_at = greatest(updated_at, NEW.at)
    WHERE id = NEW.opportunity_id;
    IF moves OR ends THEN
        DELETE FROM pipeline_stageclock WHERE opportunity_id = NEW.opportunity_id;
        UPDATE pipeline_stagevisit SET left_at = NEW.at
        WHERE opportunity_id = NEW.opportunity_id AND left_at IS NULL;
    END IF;
    IF (moves OR NEW.name = 'reopen') AND NOT ends THEN
        INSERT INTO pipeline_stagevisit (opportunity_id, stage, entered_at, transition_id)
        VALUES (NEW.opportunity_id, NEW.to_stage, NEW.at, NEW.id);
    END IF;
    RETURN NULL;
END $$;
"""

BACKWARD = """
CREATE OR REPLACE FUNCTION pipeline_opportunity_birth() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.birth_xact := pg_current_xact_id()::text::bigint;
    IF NEW.ledger_seq <> 0 OR NEW.state <> 'open' OR NEW.closed_at IS NOT NULL
       OR NEW.stage IS DISTINCT FROM (
           SELECT key FROM pipeline_stage WHERE version_id = NEW.version_id
           ORDER BY position LIMIT 1
       ) THEN
        PERFORM core_refuse('opportunity_born_at_first_stage',
            'an opportunity is born open, at the first stage of its pipeline');
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION pipeline_transition_apply() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    is_closed boolean := NEW.to_state IN ('won', 'lost', 'no_decision', 'withdrawn');
    moves boolean := NEW.to_stage <> NEW.from_stage;
    ends boolean := NEW.to_state IN ('lost', 'no_decision', 'withdrawn')
        OR (NEW.to_state = 'won' AND NEW.from_state <> 'won'
            AND (NEW.name = 'import' OR NOT moves));
BEGIN
    UPDATE pipeline_opportunity SET
        stage = NEW.to_stage, state = NEW.to_state, ledger_seq = NEW.seq,
        closed_at = CASE WHEN NOT is_closed THEN NULL ELSE coalesce(closed_at, NEW.at) END,
        updated_at = greatest(updated_at, NEW.at)
    WHERE id = NEW.opportunity_id;
    IF moves OR ends THEN
        DELETE FROM pipeline_stageclock WHERE opportunity_id = NEW.opportunity_id;
        UPDATE pipeline_stagevisit SET left_at = NEW.at
        WHERE opportunity_id = NEW.opportunity_id AND left_at IS NULL;
    END IF;
    IF (moves OR NEW.name = 'reopen') AND NOT ends THEN
        INSERT INTO pipeline_stagevisit (opportunity_id, stage, entered_at, transition_id)
        VALUES (NEW.opportunity_id, NEW.to_stage, NEW.at, NEW.id);
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("pipeline", "0003_waiting_on_the_sale")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
