"""Nobody deletes a person; only demo people can be taken away again."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION accounts_user_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.is_demo THEN
        RETURN OLD;
    END IF;
    PERFORM core_refuse('user_stays', 'people leave, their records stay: close the account');
    RETURN NULL;
END $$;

CREATE TRIGGER user_stays BEFORE DELETE ON accounts_user
    FOR EACH ROW EXECUTE FUNCTION accounts_user_guard();
"""

BACKWARD = """
DROP TRIGGER user_stays ON accounts_user;
DROP FUNCTION accounts_user_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("core", "0002_append_only")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
