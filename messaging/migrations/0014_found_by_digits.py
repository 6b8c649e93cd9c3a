from django.db import migrations

from core.sql.trigrams import no_trigram_index, trigram_index


class Migration(migrations.Migration):

    dependencies = [
        ('messaging', '0013_found_by_part'),
    ]

    operations = [
        no_trigram_index('group_recipient_number_part', table='messaging_grouprecipient', column='number'),
        trigram_index('group_recipient_number_digits', table='messaging_grouprecipient', column='upper(number)'),
        no_trigram_index('thread_number_part', table='messaging_thread', column='number'),
        trigram_index('thread_number_digits', table='messaging_thread', column='upper(number)'),
    ]
