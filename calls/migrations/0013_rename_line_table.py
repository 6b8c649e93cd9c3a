from django.db import migrations


class Migration(migrations.Migration):
    """Lines go to routing, with their rows (routing 0001)."""

    dependencies = [("calls", "0012_languages")]

    operations = [migrations.AlterModelTable("Line", "routing_line")]
