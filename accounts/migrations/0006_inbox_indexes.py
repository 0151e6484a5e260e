"""What is looked up among messages: who took a reminder on, and what waits for a morning."""

from django.db import migrations, models

from core.indexes import BuildIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("accounts", "0005_absences")]
    operations = [
        BuildIndex(
            "inboxitem",
            models.Index(
                fields=["thread", "level"],
                condition=models.Q(acknowledged_at__isnull=False),
                name="inbox_acknowledged",
            ),
        ),
        BuildIndex(
            "inboxitem",
            models.Index(
                fields=["user", "mail_after"],
                condition=models.Q(mail="digest"),
                name="inbox_digest_waiting",
            ),
        ),
    ]
