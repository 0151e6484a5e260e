"""What the database itself keeps true about customers, their people of ours, and their access."""

from django.db import migrations

TEAM_ROWS = """
CREATE FUNCTION crm_view_customer() RETURNS integer
LANGUAGE sql STABLE AS $$
    SELECT p.id FROM auth_permission p JOIN django_content_type c ON c.id = p.content_type_id
    WHERE c.app_label = 'crm' AND c.model = 'customer' AND p.codename = 'view_customer'
$$;

CREATE FUNCTION crm_team_rows_insert() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO crm_customergrouppermission
        (content_object_id, group_id, permission_id, origin)
    SELECT n.id, t.group_id, crm_view_customer(), 'team'
    FROM new_rows n JOIN accounts_team t ON t.id = n.team_id
    ON CONFLICT (group_id, permission_id, content_object_id) DO UPDATE SET origin = 'team';
    RETURN NULL;
END $$;

CREATE FUNCTION crm_team_rows_update() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM old_rows o JOIN new_rows n USING (id) WHERE o.team_id <> n.team_id
    ) THEN
        RETURN NULL;
    END IF;
    DELETE FROM crm_customergrouppermission g
    USING old_rows o JOIN new_rows n USING (id) JOIN accounts_team t ON t.id = o.team_id
    WHERE o.team_id <> n.team_id AND g.content_object_id = o.id
      AND g.group_id = t.group_id AND g.origin = 'team';
    INSERT INTO crm_customergrouppermission
        (content_object_id, group_id, permission_id, origin)
    SELECT n.id, t.group_id, crm_view_customer(), 'team'
    FROM old_rows o JOIN new_rows n USING (id) JOIN accounts_team t ON t.id = n.team_id
    WHERE o.team_id <> n.team_id
    ON CONFLICT (group_id, permission_id, content_object_id) DO UPDATE SET origin = 'team';
    RETURN NULL;
END $$;

CREATE TRIGGER customer_team_rows_insert AFTER INSERT ON crm_customer
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION crm_team_rows_insert();
CREATE TRIGGER customer_team_rows_update AFTER UPDATE ON crm_customer
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION crm_team_rows_update();
"""

TEAM_ROWS_BACK = """
DROP TRIGGER customer_team_rows_update ON crm_customer;
DROP TRIGGER customer_team_rows_insert ON crm_customer;
DROP FUNCTION crm_team_rows_update();
DROP FUNCTION crm_team_rows_insert();
DROP FUNCTION crm_view_customer();
"""

LAST_ACTIVITY = """
CREATE FUNCTION crm_last_activity_insert() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE crm_customer c SET last_activity_at = latest.at
    FROM (SELECT customer_id, max(starts_at) AS at FROM new_rows GROUP BY customer_id) latest
    WHERE c.id = latest.customer_id
      AND (c.last_activity_at IS NULL OR c.last_activity_at < latest.at);
    RETURN NULL;
END $$;

CREATE FUNCTION crm_last_activity_recount() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE crm_customer c SET last_activity_at = (
        SELECT a.starts_at FROM crm_activity a WHERE a.customer_id = c.id
        ORDER BY a.starts_at DESC, a.id DESC LIMIT 1
    )
    WHERE c.id = OLD.customer_id OR (TG_OP = 'UPDATE' AND c.id = NEW.customer_id);
    RETURN NULL;
END $$;

CREATE TRIGGER activity_last_insert AFTER INSERT ON crm_activity
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION crm_last_activity_insert();
CREATE TRIGGER activity_last_update AFTER UPDATE OF starts_at, customer_id ON crm_activity
    FOR EACH ROW EXECUTE FUNCTION crm_last_activity_recount();
CREATE TRIGGER activity_last_delete AFTER DELETE ON crm_activity
    FOR EACH ROW EXECUTE FUNCTION crm_last_activity_recount();
"""

LAST_ACTIVITY_BACK = """
DROP TRIGGER activity_last_delete ON crm_activity;
DROP TRIGGER activity_last_update ON crm_activity;
DROP TRIGGER activity_last_insert ON crm_activity;
DROP FUNCTION crm_last_activity_recount();
DROP FUNCTION crm_last_activity_insert();
"""

ASSIGNMENTS = """
CREATE FUNCTION crm_assignment_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF (SELECT is_demo FROM crm_customer WHERE id = OLD.customer_id) THEN
            RETURN OLD;
        END IF;
        PERFORM core_refuse('assignment_append_only', 'assignments are ended, never deleted');
    END IF;
    IF (NEW.id, NEW.customer_id, NEW.user_id, NEW.part, NEW.starts_at, NEW.reason)
        IS DISTINCT FROM
       (OLD.id, OLD.customer_id, OLD.user_id, OLD.part, OLD.starts_at, OLD.reason)
       OR (OLD.ends_at IS NOT NULL AND OLD.ends_at <= now()) THEN
        PERFORM core_refuse(
            'assignment_append_only', 'an assignment changes only by being ended, once');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER assignment_append_only BEFORE UPDATE OR DELETE ON crm_assignment
    FOR EACH ROW EXECUTE FUNCTION crm_assignment_guard();

CREATE FUNCTION crm_active_has_primary() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    target bigint;
BEGIN
    IF TG_TABLE_NAME = 'crm_customer' THEN
        target := NEW.id;
    ELSE
        target := OLD.customer_id;
    END IF;
    IF EXISTS (SELECT 1 FROM crm_customer WHERE id = target AND state = 'active')
       AND NOT EXISTS (
           SELECT 1 FROM crm_assignment
           WHERE customer_id = target AND part = 'primary' AND ends_at IS NULL
       ) THEN
        PERFORM core_refuse(
            'customer_active_has_primary',
            format('customer %s is active and would have no primary', target));
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER customer_active_has_primary
    AFTER INSERT OR UPDATE OF state ON crm_customer
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.state = 'active') EXECUTE FUNCTION crm_active_has_primary();
CREATE CONSTRAINT TRIGGER assignment_active_has_primary
    AFTER UPDATE OR DELETE ON crm_assignment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.part = 'primary') EXECUTE FUNCTION crm_active_has_primary();
"""

ASSIGNMENTS_BACK = """
DROP TRIGGER assignment_active_has_primary ON crm_assignment;
DROP TRIGGER customer_active_has_primary ON crm_customer;
DROP FUNCTION crm_active_has_primary();
DROP TRIGGER assignment_append_only ON crm_assignment;
DROP FUNCTION crm_assignment_guard();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0001_initial"),
        ("core", "0002_append_only"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [
        migrations.RunSQL(TEAM_ROWS, TEAM_ROWS_BACK),
        migrations.RunSQL(LAST_ACTIVITY, LAST_ACTIVITY_BACK),
        migrations.RunSQL(ASSIGNMENTS, ASSIGNMENTS_BACK),
    ]
