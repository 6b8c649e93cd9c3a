from django.db import migrations

from core.sql.trigrams import trigram_index


class Migration(migrations.Migration):

    dependencies = [
        ('messaging', '0012_left_out_no_hours'),
    ]

    operations = [
        trigram_index('group_recipient_name_part', table='messaging_grouprecipient', column='searched'),
        trigram_index('group_recipient_number_part', table='messaging_grouprecipient', column='number'),
        trigram_index('thread_number_part', table='messaging_thread', column='number'),
    ]
