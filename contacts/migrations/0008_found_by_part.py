from django.db import migrations

from core.sql.trigrams import trigram_index


class Migration(migrations.Migration):

    dependencies = [
        ('contacts', '0007_contact_pages'),
    ]

    operations = [
        trigram_index('contact_searched_part', table='contacts_contact', column='searched'),
        trigram_index('contact_number_part', table='contacts_contactnumber', column='number'),
    ]
