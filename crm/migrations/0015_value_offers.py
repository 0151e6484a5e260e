"""What we can offer, where it was offered, and what the database itself keeps true about it."""

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

OFFERS = """
CREATE FUNCTION crm_value_offer_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF (SELECT is_demo FROM crm_customer WHERE id = OLD.customer_id) THEN
            RETURN OLD;
        END IF;
        PERFORM core_refuse('value_offer_stays', 'offers are closed, never deleted');
    END IF;
    IF OLD.state IN ('used', 'declined') AND to_jsonb(NEW) IS DISTINCT FROM to_jsonb(OLD) THEN
        PERFORM core_refuse('value_offer_final', 'what became of an offer does not change');
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('offered', 'accepted'), ('offered', 'used'), ('offered', 'declined'),
        ('accepted', 'used'), ('accepted', 'declined')
    ) THEN
        PERFORM core_refuse('value_offer_final',
            format('an offer does not go from %s to %s', OLD.state, NEW.state));
    END IF;
    IF (NEW.customer_id, NEW.item_id, NEW.note, NEW.offered_by_id, NEW.offered_at)
       IS DISTINCT FROM
       (OLD.customer_id, OLD.item_id, OLD.note, OLD.offered_by_id, OLD.offered_at)
       OR NOT crm_same_person(OLD.contact_id, NEW.contact_id) THEN
        PERFORM core_refuse('value_offer_stays', 'what was offered does not change');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER value_offer_guard BEFORE UPDATE OR DELETE ON crm_valueoffer
    FOR EACH ROW EXECUTE FUNCTION crm_value_offer_guard();
CREATE TRIGGER value_offer_not_emptied BEFORE TRUNCATE ON crm_valueoffer
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_truncate();
"""

OFFERS_BACK = """
DROP TRIGGER value_offer_not_emptied ON crm_valueoffer;
DROP TRIGGER value_offer_guard ON crm_valueoffer;
DROP FUNCTION crm_value_offer_guard();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0014_chain_not_emptied'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ValueItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('visit', 'Visit'), ('training', 'Training'), ('reference', 'Reference'), ('study', 'Study'), ('finance', 'Finance'), ('other', 'Other')], max_length=9, verbose_name='kind')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('description', models.TextField(blank=True, max_length=1000, verbose_name='what it is, and for whom')),
                ('is_active', models.BooleanField(default=True, verbose_name='can be offered')),
                ('created_at', models.DateTimeField()),
                ('is_demo', models.BooleanField(default=False, editable=False)),
            ],
            options={
                'verbose_name': 'catalogue entry',
                'verbose_name_plural': 'catalogue entries',
                'constraints': [models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='value_item_has_a_name'), models.UniqueConstraint(django.db.models.functions.text.Lower('name'), name='value_item_name_once', violation_error_message='The catalogue has something of this name already.')],
            },
        ),
        migrations.CreateModel(
            name='ValueOffer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='note')),
                ('state', models.CharField(choices=[('offered', 'Offered'), ('accepted', 'Accepted'), ('used', 'Used'), ('declined', 'Declined')], default='offered', editable=False, max_length=8, verbose_name='state')),
                ('offered_at', models.DateTimeField(verbose_name='offered')),
                ('accepted_at', models.DateTimeField(editable=False, null=True, verbose_name='accepted')),
                ('used_date', models.DateField(blank=True, null=True, verbose_name='used on')),
                ('result', models.CharField(blank=True, max_length=500, verbose_name='what came of it')),
                ('closed_at', models.DateTimeField(editable=False, null=True)),
                ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='value_offers', to='crm.contact', verbose_name='to whom')),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='value_offers', to='crm.customer', verbose_name='customer')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='offers', to='crm.valueitem', verbose_name='what')),
                ('offered_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'offer of value',
                'verbose_name_plural': 'offers of value',
                'indexes': [models.Index(fields=['customer', 'state', 'id'], name='value_offer_customer')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('accepted_at__isnull', True), ('closed_at__isnull', True), ('state', 'offered')), models.Q(('accepted_at__isnull', False), ('closed_at__isnull', True), ('state', 'accepted')), models.Q(('accepted_at__isnull', False), ('closed_at__isnull', False), ('state', 'used'), ('used_date__isnull', False)), models.Q(models.Q(('result', ''), _negated=True), ('closed_at__isnull', False), ('state', 'declined')), _connector='OR'), name='value_offer_state_is_shown'), models.UniqueConstraint(condition=models.Q(('state__in', ['offered', 'accepted'])), fields=('customer', 'item', 'contact'), name='value_offer_open_once', nulls_distinct=False, violation_error_message='This is offered to them already.')],
            },
        ),
        migrations.RunSQL(OFFERS, OFFERS_BACK),
    ]
