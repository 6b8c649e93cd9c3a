from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('agents', '0008_second_call'),
    ]

    operations = [
        migrations.AlterField(
            model_name='agent',
            name='may_take_second_call',
            field=models.BooleanField(db_default=False, default=False, help_text="While this agent talks, a call that is meant for this agent alone rings softly: a transfer by name, a colleague's question, a route's step that names the agent, or that asks the agent of the last call or the contact's owner first. Answering it puts the first caller on hold. Nobody else who waits for a team rings during a call.", verbose_name='may take a second call'),
        ),
    ]
