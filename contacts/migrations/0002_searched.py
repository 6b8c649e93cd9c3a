import core.folding
from django.db import migrations


def fill(apps, schema_editor):
    from core.folding import folded_of

    Contact = apps.get_model("contacts", "Contact")
    batch = []
    for contact in Contact.objects.only("name", "company").iterator(chunk_size=1000):
        contact.searched = folded_of(contact.name, contact.company)
        batch.append(contact)
        if len(batch) == 500:
            Contact.objects.bulk_update(batch, ["searched"])
            batch = []
    Contact.objects.bulk_update(batch, ["searched"])


class Migration(migrations.Migration):

    dependencies = [
        ('contacts', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='contact',
            name='searched',
            field=core.folding.FoldedField(blank=True, default='', editable=False, of=('name', 'company')),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
