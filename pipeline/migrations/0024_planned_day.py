from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pipeline", "0023_waivers_of_a_stay")]

    operations = [
        migrations.AddField(
            model_name="opportunityaction",
            name="planned_date",
            field=models.DateField(
                null=True,
                help_text="By which day the process wants a standard step; it stays as it was.",
            ),
        ),
    ]
