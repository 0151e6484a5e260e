"""What is known of customers, key by key; no version of it goes."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

INTEL = """
CREATE FUNCTION crm_intel_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF (SELECT is_demo FROM crm_customer WHERE id = OLD.customer_id) THEN
            RETURN OLD;
        END IF;
        PERFORM core_refuse('intel_stays', 'what was known is ended, never deleted');
    END IF;
    IF OLD.ended_at IS NOT NULL
       OR to_jsonb(NEW) - 'ended_at' IS DISTINCT FROM to_jsonb(OLD) - 'ended_at' THEN
        PERFORM core_refuse('intel_stays', 'what was known is ended, never changed');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER intel_guard BEFORE UPDATE OR DELETE ON crm_intelitem
    FOR EACH ROW EXECUTE FUNCTION crm_intel_guard();
CREATE TRIGGER intel_not_emptied BEFORE TRUNCATE ON crm_intelitem
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_truncate();
"""

INTEL_BACK = """
DROP TRIGGER intel_not_emptied ON crm_intelitem;
DROP TRIGGER intel_guard ON crm_intelitem;
DROP FUNCTION crm_intel_guard();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0015_value_offers'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='IntelItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(choices=[('company_strategy', 'Strategy and targets of this year'), ('company_organisation', 'Organisation and its latest changes'), ('company_results', 'Business results'), ('company_installed', 'What is installed, and how content they are'), ('company_budget', 'Budget cycle: fiscal year, freeze dates'), ('company_procurement', 'How they buy, and up to which amounts'), ('company_suppliers', 'Supplier policy, and who is excluded'), ('company_payment', 'How they pay'), ('competition_who', 'Who competes with us'), ('competition_sponsor', 'Who supports the competitor inside'), ('competition_offer', 'What the competitor offers'), ('competition_price', "How high the competitor's prices are"), ('competition_strengths', 'What the competitor is good at'), ('competition_owner', "Who keeps the competitor's relations"), ('us_history', 'Our history with them'), ('us_complaints', 'Open complaints'), ('us_promises', 'What we still owe them'), ('us_references', 'References we may use'), ('us_sponsor', 'Who supports us inside'), ('us_capacity', 'Whether we can deliver')], max_length=24, verbose_name='what')),
                ('state', models.CharField(choices=[('unknown', 'Unknown'), ('assumed', 'Assumed'), ('confirmed', 'Confirmed')], max_length=9, verbose_name='how well it is known')),
                ('value', models.TextField(blank=True, max_length=1000, verbose_name='what is known')),
                ('source_kind', models.CharField(blank=True, choices=[('said', 'They said so'), ('document', 'A document of theirs'), ('seen', 'Seen by one of us'), ('public', 'Public'), ('third', 'Somebody else said so'), ('guess', 'Our guess')], max_length=8, verbose_name='kind of source')),
                ('source', models.CharField(blank=True, max_length=300, verbose_name='where it is from')),
                ('confidence', models.CharField(blank=True, choices=[('low', 'Low'), ('medium', 'Medium'), ('high', 'High')], max_length=6, verbose_name='how sure')),
                ('as_of_date', models.DateField(blank=True, null=True, verbose_name='as of')),
                ('expires_date', models.DateField(blank=True, help_text='Its last day.', null=True, verbose_name='holds until')),
                ('noted_at', models.DateTimeField(editable=False)),
                ('ended_at', models.DateTimeField(editable=False, null=True)),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='intel', to='crm.customer', verbose_name='customer')),
                ('noted_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'what is known of a customer',
                'verbose_name_plural': 'what is known of customers',
                'indexes': [models.Index(fields=['customer', 'key', '-id'], name='intel_customer')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('customer', 'key'), name='intel_live_once'), models.CheckConstraint(condition=models.Q(models.Q(('as_of_date__isnull', True), ('confidence', ''), ('expires_date__isnull', True), ('source', ''), ('source_kind', ''), ('state', 'unknown'), ('value', '')), models.Q(models.Q(('value', ''), _negated=True), models.Q(('source_kind', ''), _negated=True), models.Q(('confidence', ''), _negated=True), ('as_of_date__isnull', False), ('state__in', ['assumed', 'confirmed'])), _connector='OR'), name='intel_state_is_shown'), models.CheckConstraint(condition=models.Q(('source_kind', 'guess'), ('state', 'confirmed'), _negated=True), name='intel_guess_confirms_nothing', violation_error_message='A guess confirms nothing.'), models.CheckConstraint(condition=models.Q(('expires_date__isnull', True), ('expires_date__gte', models.F('as_of_date')), _connector='OR'), name='intel_expires_after_its_day'), models.CheckConstraint(condition=models.Q(('ended_at__isnull', True), ('ended_at__gte', models.F('noted_at')), _connector='OR'), name='intel_ends_after_it_began')],
            },
        ),
        migrations.RunSQL(INTEL, INTEL_BACK),
    ]
