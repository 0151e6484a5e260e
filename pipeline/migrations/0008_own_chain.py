"""A sale's own copy of the chain; its key is built while sales are written to."""

import django.db.models.deletion
from django.db import migrations, models

COLUMN = """
ALTER TABLE pipeline_opportunity ADD COLUMN IF NOT EXISTS chain_id bigint NULL
    CONSTRAINT pipeline_opportunity_chain_id_bd5d408a_fk_crm_chain_id
    REFERENCES crm_chain (id) DEFERRABLE INITIALLY DEFERRED
"""
KEY = "pipeline_opportunity_chain_id_key"
FORWARD = [
    COLUMN,
    f"ALTER TABLE pipeline_opportunity DROP CONSTRAINT IF EXISTS {KEY}",
    f"DROP INDEX CONCURRENTLY IF EXISTS {KEY}",
    f"CREATE UNIQUE INDEX CONCURRENTLY {KEY} ON pipeline_opportunity (chain_id)",
    f"ALTER TABLE pipeline_opportunity ADD CONSTRAINT {KEY} UNIQUE USING INDEX {KEY}",
]
BACKWARD = "ALTER TABLE pipeline_opportunity DROP COLUMN IF EXISTS chain_id"


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("crm", "0005_chain"),
        ("pipeline", "0007_no_truncate"),
    ]
    operations = [
        migrations.RunSQL(
            FORWARD,
            BACKWARD,
            state_operations=[
                migrations.AddField(
                    model_name="opportunity",
                    name="chain",
                    field=models.OneToOneField(
                        blank=True,
                        editable=False,
                        help_text="Its own copy; without one it goes by the customer's standing chain.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="crm.chain",
                        verbose_name="decision chain",
                    ),
                ),
            ],
        ),
    ]
