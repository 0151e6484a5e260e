"""Who is not to be contacted, when not, how often; and what was done against it."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

RULES = """
CREATE FUNCTION crm_contact_ban_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF (SELECT is_demo FROM crm_customer WHERE id = OLD.customer_id) THEN
            RETURN OLD;
        END IF;
        PERFORM core_refuse('contact_ban_stays', 'bans are lifted, never deleted');
    END IF;
    IF OLD.lifted_by_id IS NOT NULL
       OR (NEW.customer_id, NEW.channels, NEW.reason, NEW.starts_at, NEW.until_date, NEW.by_id)
          IS DISTINCT FROM
          (OLD.customer_id, OLD.channels, OLD.reason, OLD.starts_at, OLD.until_date, OLD.by_id)
       OR NOT crm_same_person(OLD.contact_id, NEW.contact_id)
       OR (NEW.ends_at IS DISTINCT FROM OLD.ends_at AND NEW.lifted_by_id IS NULL) THEN
        PERFORM core_refuse('contact_ban_stays', 'a ban is lifted, never changed');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER contact_ban_guard BEFORE UPDATE OR DELETE ON crm_contactban
    FOR EACH ROW EXECUTE FUNCTION crm_contact_ban_guard();
CREATE TRIGGER contact_ban_not_emptied BEFORE TRUNCATE ON crm_contactban
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_truncate();
"""

RULES_BACK = """
DROP TRIGGER contact_ban_not_emptied ON crm_contactban;
DROP TRIGGER contact_ban_guard ON crm_contactban;
DROP FUNCTION crm_contact_ban_guard();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0010_concerns'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='action',
            name='channel',
            field=models.CharField(blank=True, choices=[('call', 'Call'), ('meeting', 'Meeting'), ('visit', 'Visit'), ('email', 'E-mail'), ('message', 'Message')], db_default='', default='', max_length=10, verbose_name='how'),
        ),
        migrations.AddField(
            model_name='action',
            name='contact',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='actions', to='crm.contact', verbose_name='with whom'),
        ),
        migrations.AddField(
            model_name='activity',
            name='incoming',
            field=models.BooleanField(db_default=False, default=False, help_text='On when the customer came to us: it does not count as our contact.', verbose_name='they contacted us'),
        ),
        migrations.CreateModel(
            name='ContactBan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channels', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('call', 'Call'), ('meeting', 'Meeting'), ('visit', 'Visit'), ('email', 'E-mail'), ('message', 'Message')], max_length=10), blank=True, default=list, size=None, verbose_name='by which channels')),
                ('reason', models.CharField(max_length=500, verbose_name='reason')),
                ('starts_at', models.DateTimeField(verbose_name='since')),
                ('until_date', models.DateField(blank=True, help_text='Its last day.', null=True, verbose_name='until')),
                ('ends_at', models.DateTimeField(editable=False, null=True, verbose_name='ends')),
                ('lift_reason', models.CharField(blank=True, max_length=500, verbose_name='why it was lifted')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('contact', models.ForeignKey(blank=True, help_text='Empty: everybody at the customer.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='bans', to='crm.contact', verbose_name='whom')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bans', to='crm.customer', verbose_name='customer')),
                ('lifted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'do not contact',
                'verbose_name_plural': 'do not contact',
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='contact_ban_has_a_reason'), models.CheckConstraint(condition=models.Q(('ends_at__isnull', True), ('ends_at__gte', models.F('starts_at')), _connector='OR'), name='contact_ban_ends_after_start'), models.CheckConstraint(condition=models.Q(models.Q(('lift_reason', ''), ('lifted_by__isnull', True)), models.Q(models.Q(('lift_reason', ''), _negated=True), ('ends_at__isnull', False), ('lifted_by__isnull', False)), _connector='OR'), name='contact_ban_lifted_with_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='ContactBreach',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(choices=[('ban', 'do not contact'), ('quiet', 'quiet hours'), ('cap', 'too often')], max_length=5)),
                ('activity', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='breaches', to='crm.activity')),
                ('contact', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='breaches', to='crm.contact')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('activity', 'contact', 'rule'), name='contact_breach_once')],
            },
        ),
        migrations.CreateModel(
            name='ContactLimits',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quiet_from', models.TimeField(blank=True, null=True, verbose_name='quiet from')),
                ('quiet_until', models.TimeField(blank=True, null=True, verbose_name='quiet until')),
                ('time_zone', models.CharField(blank=True, help_text="Empty: that of the customer's country.", max_length=60, verbose_name='time zone')),
                ('most', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='contacts at most')),
                ('days', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='in so many days')),
                ('updated_at', models.DateTimeField()),
                ('contact', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='limits', to='crm.contact')),
                ('updated_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'quiet hours and cap',
                'verbose_name_plural': 'quiet hours and caps',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('quiet_from__isnull', True), ('quiet_until__isnull', True)), models.Q(models.Q(('quiet_from', models.F('quiet_until')), _negated=True), ('quiet_until__isnull', False)), _connector='OR'), name='contact_limits_quiet_has_both_ends', violation_error_message='Quiet hours have a beginning and another end.'), models.CheckConstraint(condition=models.Q(models.Q(('days__isnull', True), ('most__isnull', True)), models.Q(('days__range', (1, 90)), ('most__range', (1, 50))), _connector='OR'), name='contact_limits_cap_has_both', violation_error_message='A cap is 1 to 50 contacts in 1 to 90 days.')],
            },
        ),
        migrations.RunSQL(RULES, RULES_BACK),
    ]
