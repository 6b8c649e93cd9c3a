from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("agents", "0002_devices")]

    operations = [
        migrations.AddField(
            model_name="agent",
            name="rings_mobile",
            field=models.BooleanField(
                default=False,
                help_text="Callers are sent to this agent's app also while no desk is open and the app sleeps. "
                "Then only “busy” and “away” keep it quiet.",
                verbose_name="rings by push",
            ),
        ),
    ]
