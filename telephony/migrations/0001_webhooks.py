import django.utils.timezone
from django.db import migrations, models


def rename_content_type(apps, schema_editor):
    """Who was given a right keeps it, and the admin's history its rows."""
    apps.get_model("contenttypes", "ContentType").objects.using(schema_editor.connection.alias).filter(
        app_label="calls", model="webhook"
    ).update(app_label="telephony")


def rename_content_type_back(apps, schema_editor):
    apps.get_model("contenttypes", "ContentType").objects.using(schema_editor.connection.alias).filter(
        app_label="telephony", model="webhook"
    ).update(app_label="calls")


class Migration(migrations.Migration):
    """Takes over the table that was calls' (calls 0011)."""

    initial = True

    dependencies = [
        ("calls", "0011_webhooks_to_telephony"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Webhook",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("call_sid", models.CharField(blank=True, max_length=64)),
                        ("kind", models.CharField(help_text="The route: incoming, outgoing, status, dial-action …", max_length=32)),
                        ("call_status", models.CharField(blank=True, max_length=32)),
                        ("sequence_number", models.IntegerField(null=True)),
                        ("params", models.JSONField(help_text="Every field; a list where a name came twice.")),
                        ("idempotency_token", models.CharField(blank=True, max_length=128)),
                        ("verdict", models.CharField(choices=[("applied", "Applied"), ("late", "Older than what was known"), ("duplicate", "Came before"), ("unusable", "Without a CallSid or a known status"), ("failed", "Kept, not applied yet")], default="applied", max_length=16)),
                        ("answer", models.TextField(blank=True, help_text="The TwiML we answered with; empty for a plain 204.")),
                        ("milliseconds", models.FloatField(help_text="From its arrival until it was worked on and kept.", null=True)),
                        ("problem", models.CharField(blank=True, help_text="What failed in us. Never a secret.", max_length=255)),
                        ("received_at", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                    ],
                    options={
                        "ordering": ["received_at", "pk"],
                        "indexes": [
                            models.Index(condition=models.Q(("verdict", "failed")), fields=["id"], name="webhook_unapplied"),
                        ],
                    },
                ),
            ],
        ),
        migrations.RenameField("Webhook", "call_sid", "sid"),
        migrations.RenameField("Webhook", "call_status", "status"),
        migrations.AlterField("Webhook", "sid", models.CharField(blank=True, help_text="Of the call or the message that it is about.", max_length=64)),
        migrations.AlterField("Webhook", "status", models.CharField(blank=True, help_text="Of the call or the message, as Twilio said it.", max_length=32)),
        # The index is there, and follows its column.
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.AddIndex("Webhook", models.Index(fields=["sid"], name="webhook_call"))],
        ),
        migrations.RunPython(rename_content_type, rename_content_type_back),
    ]
