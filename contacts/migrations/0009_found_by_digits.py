from django.db import migrations

from core.sql.trigrams import no_trigram_index, trigram_index


class Migration(migrations.Migration):

    dependencies = [
        ('contacts', '0008_found_by_part'),
    ]

    operations = [
        no_trigram_index('contact_number_part', table='contacts_contactnumber', column='number'),
        trigram_index('contact_number_digits', table='contacts_contactnumber', column='upper(number)'),
    ]
