from django.db import migrations

# For `calls.log.search`. The expression is the one that SearchVector writes, or it would not be used.
_INDEX = (
    "CREATE INDEX call_log_note_words ON calls_call"
    " USING gin (to_tsvector('simple'::regconfig, COALESCE({column}, '')))"
    " WHERE parent_call_sid IS NULL AND {column} > ''"
)


def _index_words_of(column):
    def change(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute("DROP INDEX IF EXISTS call_log_note_words")
            schema_editor.execute(_INDEX.format(column=column))

    return change


class Migration(migrations.Migration):

    dependencies = [
        ('calls', '0008_searched'),
    ]

    operations = [
        migrations.RunPython(_index_words_of("searched_note"), _index_words_of("note")),
    ]
