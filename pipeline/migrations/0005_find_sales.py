"""Sales found by board, amount, change and name, and those that wait, over full tables."""

import django.contrib.postgres.indexes
from django.conf import settings
from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations, models

import crm.models.customer
from core.indexes import BuildIndex


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('crm', '0003_activities_by_time'),
        ('pipeline', '0004_mend_triggers'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        BuildIndex(
            model_name='opportunity',
            index=models.Index(condition=models.Q(('waiting_until__isnull', False)), fields=['waiting_until'], name='opportunity_waiting'),
        ),
        RemoveIndexConcurrently(
            model_name='opportunity',
            name='opportunity_board',
        ),
        BuildIndex(
            model_name='opportunity',
            index=models.Index(models.F('version'), models.F('stage'), models.OrderBy(models.F('amount'), descending=True, nulls_last=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('state__in', ['open', 'on_hold'])), include=('currency',), name='opportunity_board'),
        ),
        BuildIndex(
            model_name='opportunity',
            index=models.Index(models.OrderBy(models.F('amount'), descending=True, nulls_last=True), models.OrderBy(models.F('id'), descending=True), name='opportunity_amount'),
        ),
        BuildIndex(
            model_name='opportunity',
            index=models.Index(fields=['-updated_at', '-id'], name='opportunity_changed'),
        ),
        BuildIndex(
            model_name='opportunity',
            index=django.contrib.postgres.indexes.GinIndex(crm.models.customer.Grams('name'), name='opportunity_grams'),
        ),
        BuildIndex(
            model_name='stageclock',
            index=models.Index(condition=models.Q(('paused_at__isnull', True)), fields=['due_at'], name='stage_clock_due'),
        ),
    ]
