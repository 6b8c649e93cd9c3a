from django.db import migrations


class Migration(migrations.Migration):
    """The table of webhooks goes to telephony, with its rows: it serves messages as well (telephony 0001)."""

    dependencies = [("calls", "0010_recording_plays")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.AlterModelTable("Webhook", "telephony_webhook")],
            state_operations=[migrations.DeleteModel("Webhook")],
        ),
    ]
