"""A version keeps the name its pipeline had in it, so that it can be written out as it was."""

from django.db import migrations, models

FILL = """
ALTER TABLE pipeline_pipelineversion DISABLE TRIGGER version_immutable;
UPDATE pipeline_pipelineversion v SET names = p.names
    FROM pipeline_pipeline p WHERE p.id = v.pipeline_id;
ALTER TABLE pipeline_pipelineversion ENABLE TRIGGER version_immutable;
"""


class Migration(migrations.Migration):
    dependencies = [("pipeline", "0012_forecast")]
    operations = [
        migrations.AddField(
            model_name="pipelineversion",
            name="names",
            field=models.JSONField(default=dict, help_text="What the pipeline was called in it."),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
