"""Who was noted twice, and what is planned with whom: few rows of many name anybody."""

from django.db import migrations, models

from core.indexes import BuildIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("crm", "0017_born_open")]
    operations = [
        BuildIndex(
            model_name="action",
            index=models.Index(
                condition=models.Q(("contact__isnull", False)),
                fields=["contact"],
                name="action_contact",
            ),
        ),
        BuildIndex(
            model_name="contact",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", False)),
                fields=["merged_into"],
                name="contact_merged_into",
            ),
        ),
    ]
