"""What the doctor must know of other processes."""

from django.db import models


class Heartbeat(models.Model):
    """When a task that runs by the clock last came to its end. A row a task."""

    task = models.CharField(max_length=100, primary_key=True)
    at = models.DateTimeField()
    succeeded = models.BooleanField()

    def __str__(self) -> str:
        return self.task
