"""Stage and state move only by a ledger row that fits; see docs/adr/0004-ledger-triggers.md."""

from django.db import migrations

DEFINITIONS = """
CREATE FUNCTION pipeline_published(version bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT published_at IS NOT NULL FROM pipeline_pipelineversion WHERE id = version
$$;

CREATE FUNCTION pipeline_version_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NOT NULL THEN
        PERFORM core_refuse('version_immutable', 'a published pipeline version never changes');
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE FUNCTION pipeline_stage_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF (TG_OP <> 'INSERT' AND pipeline_published(OLD.version_id))
       OR (TG_OP <> 'DELETE' AND pipeline_published(NEW.version_id)) THEN
        PERFORM core_refuse('version_immutable', 'a published pipeline version never changes');
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE FUNCTION pipeline_criterion_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM pipeline_stage s
        WHERE s.id IN (
            CASE WHEN TG_OP <> 'INSERT' THEN OLD.stage_id END,
            CASE WHEN TG_OP <> 'DELETE' THEN NEW.stage_id END
        ) AND pipeline_published(s.version_id)
    ) THEN
        PERFORM core_refuse('version_immutable', 'a published pipeline version never changes');
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER version_immutable BEFORE UPDATE OR DELETE ON pipeline_pipelineversion
    FOR EACH ROW EXECUTE FUNCTION pipeline_version_guard();
CREATE TRIGGER stage_immutable BEFORE INSERT OR UPDATE OR DELETE ON pipeline_stage
    FOR EACH ROW EXECUTE FUNCTION pipeline_stage_guard();
CREATE TRIGGER criterion_immutable BEFORE INSERT OR UPDATE OR DELETE ON pipeline_exitcriterion
    FOR EACH ROW EXECUTE FUNCTION pipeline_criterion_guard();
"""

DEFINITIONS_BACK = """
DROP TRIGGER criterion_immutable ON pipeline_exitcriterion;
DROP TRIGGER stage_immutable ON pipeline_stage;
DROP TRIGGER version_immutable ON pipeline_pipelineversion;
DROP FUNCTION pipeline_criterion_guard();
DROP FUNCTION pipeline_stage_guard();
DROP FUNCTION pipeline_version_guard();
DROP FUNCTION pipeline_published(bigint);
"""

OPPORTUNITY = """
CREATE FUNCTION pipeline_opportunity_birth() RETURNS trigger
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

CREATE FUNCTION pipeline_opportunity_has_ledger() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT ledger_seq FROM pipeline_opportunity WHERE id = NEW.id) = 0 THEN
        PERFORM core_refuse('opportunity_has_ledger', 'an opportunity needs its first ledger row');
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION pipeline_opportunity_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.stage, NEW.state, NEW.ledger_seq, NEW.closed_at)
        IS DISTINCT FROM (OLD.stage, OLD.state, OLD.ledger_seq, OLD.closed_at)
       AND pg_trigger_depth() < 2 THEN
        PERFORM core_refuse('opportunity_moves_by_ledger',
            'stage and state change only by a transition');
    END IF;
    IF (NEW.version_id, NEW.birth_xact, NEW.is_imported)
        IS DISTINCT FROM (OLD.version_id, OLD.birth_xact, OLD.is_imported) THEN
        PERFORM core_refuse('opportunity_origin_fixed',
            'pipeline version and origin of an opportunity never change');
    END IF;
    IF NEW.owner_id <> OLD.owner_id
       AND OLD.state IN ('won', 'lost', 'no_decision', 'withdrawn') THEN
        PERFORM core_refuse('opportunity_closed_keeps_name',
            'a closed opportunity keeps the name it was closed with');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER opportunity_birth BEFORE INSERT ON pipeline_opportunity
    FOR EACH ROW EXECUTE FUNCTION pipeline_opportunity_birth();
CREATE CONSTRAINT TRIGGER opportunity_has_ledger AFTER INSERT ON pipeline_opportunity
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    EXECUTE FUNCTION pipeline_opportunity_has_ledger();
CREATE TRIGGER opportunity_guard BEFORE UPDATE ON pipeline_opportunity
    FOR EACH ROW EXECUTE FUNCTION pipeline_opportunity_guard();
"""

OPPORTUNITY_BACK = """
DROP TRIGGER opportunity_guard ON pipeline_opportunity;
DROP TRIGGER opportunity_has_ledger ON pipeline_opportunity;
DROP TRIGGER opportunity_birth ON pipeline_opportunity;
DROP FUNCTION pipeline_opportunity_guard();
DROP FUNCTION pipeline_opportunity_has_ledger();
DROP FUNCTION pipeline_opportunity_birth();
"""

LEDGER = """
CREATE FUNCTION pipeline_is_demo(target bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT c.is_demo FROM pipeline_opportunity o JOIN crm_customer c ON c.id = o.customer_id
    WHERE o.id = target
$$;

CREATE FUNCTION pipeline_edge_is_legal(
    move pipeline_transition, version bigint, imported boolean, born_now boolean
) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
DECLARE
    here pipeline_stage;
    neighbour text;
BEGIN
    SELECT * INTO here FROM pipeline_stage
        WHERE version_id = version AND key = coalesce(nullif(move.from_stage, ''), move.to_stage);
    CASE move.name
    WHEN 'open' THEN
        RETURN move.seq = 1 AND NOT imported AND move.to_state = 'open' AND move.to_stage = (
            SELECT key FROM pipeline_stage WHERE version_id = version ORDER BY position LIMIT 1);
    WHEN 'import' THEN
        RETURN imported AND born_now AND EXISTS (
            SELECT 1 FROM pipeline_stage WHERE version_id = version AND key = move.to_stage);
    WHEN 'advance' THEN
        SELECT key INTO neighbour FROM pipeline_stage
            WHERE version_id = version AND kind = here.kind AND position > here.position
            ORDER BY position LIMIT 1;
        RETURN move.to_stage = neighbour AND move.to_state = move.from_state
            AND move.from_state = CASE here.kind WHEN 'open' THEN 'open' ELSE 'won' END;
    WHEN 'send_back' THEN
        SELECT key INTO neighbour FROM pipeline_stage
            WHERE version_id = version AND kind = here.kind AND position < here.position
            ORDER BY position DESC LIMIT 1;
        RETURN move.to_stage = neighbour AND move.to_state = move.from_state
            AND move.from_state = CASE here.kind WHEN 'open' THEN 'open' ELSE 'won' END
            AND move.reason <> '';
    WHEN 'hold' THEN
        RETURN move.to_stage = move.from_stage
            AND move.from_state = 'open' AND move.to_state = 'on_hold';
    WHEN 'resume' THEN
        RETURN move.to_stage = move.from_stage
            AND move.from_state IN ('on_hold', 'nurture') AND move.to_state = 'open';
    WHEN 'win' THEN
        SELECT key INTO neighbour FROM pipeline_stage
            WHERE version_id = version AND kind = 'after_win' ORDER BY position LIMIT 1;
        RETURN move.from_state = 'open' AND move.to_state = 'won'
            AND move.to_stage = coalesce(neighbour, move.from_stage)
            AND here.kind = 'open' AND NOT EXISTS (
                SELECT 1 FROM pipeline_stage WHERE version_id = version
                AND kind = 'open' AND position > here.position);
    WHEN 'lose' THEN
        RETURN move.to_stage = move.from_stage AND move.reason <> ''
            AND move.from_state IN ('open', 'on_hold', 'nurture')
            AND move.to_state IN ('lost', 'no_decision', 'withdrawn');
    WHEN 'reopen' THEN
        RETURN move.to_stage = move.from_stage AND move.reason <> ''
            AND move.from_state IN ('lost', 'no_decision', 'withdrawn')
            AND move.to_state = 'open';
    ELSE
        RETURN false;
    END CASE;
END $$;

CREATE FUNCTION pipeline_transition_check() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    sale pipeline_opportunity;
    last_at timestamptz;
BEGIN
    SELECT * INTO sale FROM pipeline_opportunity WHERE id = NEW.opportunity_id FOR UPDATE;
    SELECT max(at) INTO last_at FROM pipeline_transition WHERE opportunity_id = NEW.opportunity_id;
    IF NEW.seq <> sale.ledger_seq + 1
       OR (NEW.seq > 1 AND (NEW.from_stage, NEW.from_state) <> (sale.stage, sale.state))
       OR (NEW.seq = 1 AND (NEW.from_stage, NEW.from_state) <> ('', ''))
       OR NEW.at < last_at THEN
        PERFORM core_refuse('transition_follows_last',
            'a transition starts where the last one ended');
    END IF;
    IF pipeline_edge_is_legal(
        NEW, sale.version_id, sale.is_imported,
        sale.birth_xact = pg_current_xact_id()::text::bigint
    ) IS NOT TRUE THEN
        PERFORM core_refuse('transition_follows_pipeline',
            format('%s from %s %s to %s %s is not a move of this pipeline',
                   NEW.name, NEW.from_state, NEW.from_stage, NEW.to_state, NEW.to_stage));
    END IF;
    IF NEW.name IN ('advance', 'win') AND EXISTS (
        SELECT 1 FROM pipeline_exitcriterion c JOIN pipeline_stage s ON s.id = c.stage_id
        WHERE s.version_id = sale.version_id AND s.key = NEW.from_stage AND c.mandatory
          AND c.id <> ALL (NEW.criteria_met || NEW.criteria_waived)
    ) THEN
        PERFORM core_refuse('transition_needs_criteria',
            'a mandatory exit criterion is neither met nor waived');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION pipeline_transition_apply() RETURNS trigger
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

CREATE FUNCTION pipeline_transition_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND pipeline_is_demo(OLD.opportunity_id) THEN
        RETURN OLD;
    END IF;
    PERFORM core_refuse('transition_append_only', 'the ledger is never changed or deleted');
    RETURN NULL;
END $$;

CREATE FUNCTION pipeline_visit_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF pg_trigger_depth() > 1 THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' AND pipeline_is_demo(OLD.opportunity_id) THEN
        RETURN OLD;
    END IF;
    PERFORM core_refuse('stage_visit_by_ledger', 'stage visits follow from the ledger alone');
    RETURN NULL;
END $$;

CREATE TRIGGER transition_check BEFORE INSERT ON pipeline_transition
    FOR EACH ROW EXECUTE FUNCTION pipeline_transition_check();
CREATE TRIGGER transition_apply AFTER INSERT ON pipeline_transition
    FOR EACH ROW EXECUTE FUNCTION pipeline_transition_apply();
CREATE TRIGGER transition_append_only BEFORE UPDATE OR DELETE ON pipeline_transition
    FOR EACH ROW EXECUTE FUNCTION pipeline_transition_guard();
CREATE TRIGGER stage_visit_by_ledger BEFORE INSERT OR UPDATE OR DELETE ON pipeline_stagevisit
    FOR EACH ROW EXECUTE FUNCTION pipeline_visit_guard();
"""

LEDGER_BACK = """
DROP TRIGGER stage_visit_by_ledger ON pipeline_stagevisit;
DROP TRIGGER transition_append_only ON pipeline_transition;
DROP TRIGGER transition_apply ON pipeline_transition;
DROP TRIGGER transition_check ON pipeline_transition;
DROP FUNCTION pipeline_visit_guard();
DROP FUNCTION pipeline_transition_guard();
DROP FUNCTION pipeline_transition_apply();
DROP FUNCTION pipeline_transition_check();
DROP FUNCTION pipeline_edge_is_legal(pipeline_transition, bigint, boolean, boolean);
DROP FUNCTION pipeline_is_demo(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("pipeline", "0001_initial"), ("core", "0002_append_only")]
    operations = [
        migrations.RunSQL(DEFINITIONS, DEFINITIONS_BACK),
        migrations.RunSQL(OPPORTUNITY, OPPORTUNITY_BACK),
        migrations.RunSQL(LEDGER, LEDGER_BACK),
    ]
