from django.db import migrations

# For `messaging.threads.selectors`. The expression is the one that SearchVector writes, or it would not be used. Of what
# is sent to many, everybody's is the same: it is not found by its words, and costs nothing when it is written.
_INDEX = (
    "CREATE INDEX message_words ON messaging_message"
    " USING gin (to_tsvector('simple'::regconfig, COALESCE(searched, ''))) WHERE origin <> 'group'"
)


def _make(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(_INDEX)


def _drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX message_words")


class Migration(migrations.Migration):

    dependencies = [
        ('messaging', '0008_preparing'),
    ]

    operations = [
        migrations.RunPython(_make, _drop),
    ]
