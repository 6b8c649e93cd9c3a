from django.conf import settings
from django.db import migrations, models
import django.db.models.deletion


class Migration(migrations.Migration):

    dependencies = [
        ('calls', '0023_not_back'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='call',
            name='colleague',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, help_text='Of a call within the house: the agent who was called.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='calls_of_colleagues', to=settings.AUTH_USER_MODEL, verbose_name='colleague'),
        ),
        migrations.AddIndex(
            model_name='call',
            index=models.Index(condition=models.Q(('colleague__isnull', False)), fields=['colleague', '-start_time', '-sid'], name='call_log_colleague'),
        ),
        migrations.AddIndex(
            model_name='call',
            index=models.Index(condition=models.Q(('parent__isnull', True), ('colleague__isnull', False)), fields=['-start_time', '-sid'], name='call_log_internal'),
        ),
    ]
