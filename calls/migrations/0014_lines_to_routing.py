import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Calls refer to routing's lines. Nothing changes in the database: the column has no constraint."""

    dependencies = [("calls", "0013_rename_line_table"), ("routing", "0001_lines")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    "Call",
                    "line",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="calls",
                        to="routing.line",
                        verbose_name="line",
                    ),
                ),
                migrations.DeleteModel("Line"),
            ],
        ),
    ]
