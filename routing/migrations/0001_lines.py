import core.languages
import django.db.models.deletion
from django.db import migrations, models


def rename_content_type(apps, schema_editor):
    """Who was given a right keeps it, and the admin's history its rows."""
    types = apps.get_model("contenttypes", "ContentType").objects.using(schema_editor.connection.alias)
    types.filter(app_label="calls", model="line").update(app_label="routing")


def rename_content_type_back(apps, schema_editor):
    types = apps.get_model("contenttypes", "ContentType").objects.using(schema_editor.connection.alias)
    types.filter(app_label="routing", model="line").update(app_label="calls")


class Migration(migrations.Migration):
    """Takes over the table of lines that was calls' (calls 0013)."""

    initial = True

    dependencies = [
        ("agents", "0005_languages"),
        ("calls", "0013_rename_line_table"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Line",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("name", models.CharField(max_length=80, verbose_name="name")),
                        ("number", models.CharField(help_text="A number of your Twilio account.", max_length=32, unique=True, verbose_name="number")),
                        ("team", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="agents.team", verbose_name="team")),
                        ("ring_seconds", models.PositiveSmallIntegerField(default=20, help_text="How long agents' phones ring before the caller is asked for a message.", verbose_name="ring seconds")),
                        ("takes_voicemail", models.BooleanField(default=True, verbose_name="takes voicemail")),
                        ("language", models.CharField(choices=[("en", "English"), ("de", "Deutsch")], default=core.languages.default_language, help_text="What callers hear on this line.", max_length=8, verbose_name="language")),
                        ("is_active", models.BooleanField(default=True, verbose_name="active")),
                    ],
                    options={
                        "verbose_name": "line",
                        "verbose_name_plural": "lines",
                        "ordering": ["name"],
                        "constraints": [models.CheckConstraint(condition=models.Q(("ring_seconds__gte", 5), ("ring_seconds__lte", 120)), name="line_ring_seconds_5_to_120")],
                    },
                ),
            ],
        ),
        migrations.RunPython(rename_content_type, rename_content_type_back),
    ]
