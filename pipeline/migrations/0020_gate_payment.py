"""The longest payment that is asked for belongs to a request, and stays as the rest of it."""

import django.core.validators
from django.db import migrations, models

WITH_PAYMENT = """
CREATE OR REPLACE FUNCTION pipeline_gate_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF pipeline_is_demo(OLD.opportunity_id) THEN
            RETURN OLD;
        END IF;
        PERFORM core_refuse('gate_stays', 'decisions are withdrawn, never deleted');
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'requested' THEN
            PERFORM core_refuse('gate_born_requested', 'a decision begins as a request');
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.opportunity_id, NEW.gate, NEW.stage, NEW.requested_by_id, NEW.requested_at,
        NEW.payment_days)
        IS DISTINCT FROM
        (OLD.opportunity_id, OLD.gate, OLD.stage, OLD.requested_by_id, OLD.requested_at,
        OLD.payment_days) THEN
        PERFORM core_refuse('gate_request_stays', 'what was requested, and by whom, stays');
    END IF;
    IF OLD.state IN ('requested', 'scheduled') THEN
        PERFORM pipeline_gate_check_move(OLD, NEW);
    ELSE
        PERFORM pipeline_gate_check_end(OLD, NEW);
    END IF;
    RETURN NEW;
END $$;
"""

WITHOUT_PAYMENT = """
CREATE OR REPLACE FUNCTION pipeline_gate_guard() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF pipeline_is_demo(OLD.opportunity_id) THEN
            RETURN OLD;
        END IF;
        PERFORM core_refuse('gate_stays', 'decisions are withdrawn, never deleted');
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'requested' THEN
            PERFORM core_refuse('gate_born_requested', 'a decision begins as a request');
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.opportunity_id, NEW.gate, NEW.stage, NEW.requested_by_id, NEW.requested_at)
        IS DISTINCT FROM
        (OLD.opportunity_id, OLD.gate, OLD.stage, OLD.requested_by_id, OLD.requested_at) THEN
        PERFORM core_refuse('gate_request_stays', 'what was requested, and by whom, stays');
    END IF;
    IF OLD.state IN ('requested', 'scheduled') THEN
        PERFORM pipeline_gate_check_move(OLD, NEW);
    ELSE
        PERFORM pipeline_gate_check_end(OLD, NEW);
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('pipeline', '0019_offers'),
    ]

    operations = [
        migrations.AddField(
            model_name='gatedecision',
            name='payment_days',
            field=models.PositiveSmallIntegerField(blank=True, help_text='The longest term of payment that is asked for.', null=True, validators=[django.core.validators.MaxValueValidator(3650)], verbose_name='days to pay'),
        ),
        migrations.RunSQL(WITH_PAYMENT, WITHOUT_PAYMENT),
    ]
