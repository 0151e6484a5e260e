"""Activities of all customers by time."""

from django.conf import settings
from django.db import migrations, models

from core.indexes import BuildIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("crm", "0002_guards"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        BuildIndex(
            model_name="activity",
            index=models.Index(fields=["-starts_at", "-id"], name="activity_at"),
        ),
    ]
