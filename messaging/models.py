"""Messages. For now: those that came while nothing of ours could answer them."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class MessageWebhook(models.Model):
    """A request of Twilio's about a message, as it came. Rows are only ever added."""

    message_sid = models.CharField(max_length=64, db_index=True, blank=True)
    kind = models.CharField(max_length=32, help_text="The route: fallback.")
    sender = models.CharField(max_length=255, blank=True, help_text="Twilio's From.")
    recipient = models.CharField(max_length=255, blank=True, help_text="Twilio's To.")
    body = models.TextField(blank=True)
    error_code = models.CharField(max_length=16, blank=True)
    error_url = models.CharField(max_length=255, blank=True)
    params = models.JSONField(help_text="Every field; a list where a name came twice.")
    received_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        ordering = ["-received_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.message_sid}"
