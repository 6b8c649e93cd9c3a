from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('calls', '0022_parked'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='participant',
            name='not_back_at',
            field=models.DateTimeField(blank=True, help_text='When the customer was led away for whom this agent did not come back; until that is read.', null=True, verbose_name='not back at'),
        ),
        migrations.AddIndex(
            model_name='participant',
            index=models.Index(condition=models.Q(('not_back_at__isnull', False)), fields=['agent'], name='participant_not_back'),
        ),
    ]
