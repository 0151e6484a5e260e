"""Drafts of pipelines, and pipelines that are retired."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

GUARD = """
CREATE FUNCTION pipeline_opportunity_of_one_in_use() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM pipeline_pipelineversion v JOIN pipeline_pipeline p ON p.id = v.pipeline_id
        WHERE v.id = NEW.version_id AND p.retired_at IS NOT NULL
    ) THEN
        PERFORM core_refuse('pipeline_retired', 'a retired pipeline opens no new sales');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER opportunity_of_one_in_use BEFORE INSERT ON pipeline_opportunity
    FOR EACH ROW EXECUTE FUNCTION pipeline_opportunity_of_one_in_use();
"""

GUARD_BACK = """
DROP TRIGGER opportunity_of_one_in_use ON pipeline_opportunity;
DROP FUNCTION pipeline_opportunity_of_one_in_use();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('pipeline', '0017_gate_decisions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='pipeline',
            name='retired_at',
            field=models.DateTimeField(help_text='Since when it opens no new sales.', null=True),
        ),
        migrations.CreateModel(
            name='DefinitionDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=40, unique=True)),
                ('content', models.JSONField(help_text='The definition, checked for form.')),
                ('revision', models.PositiveIntegerField(default=1)),
                ('begun_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('base', models.ForeignKey(help_text='The version that was in force when it was begun.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pipeline.pipelineversion')),
                ('begun_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('changed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['key'],
            },
        ),
        migrations.RunSQL(GUARD, GUARD_BACK),
    ]
