from django.core.validators import RegexValidator
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contacts', '0002_searched'),
    ]

    operations = [
        migrations.AddField(
            model_name='contactnumber',
            name='extension',
            field=models.CharField(blank=True, default='', help_text='Keyed after the number has answered.', max_length=9, validators=[RegexValidator('\\A[0-9]+\\Z', 'An extension is digits only.')]),
            preserve_default=False,
        ),
    ]
