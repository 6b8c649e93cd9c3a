"""What Twilio posted, whatever it was about."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class Webhook(models.Model):
    """A request of Twilio's as it came, and what we made of it. Rows are only ever added."""

    class Verdict(models.TextChoices):
        APPLIED = "applied", "Applied"
        LATE = "late", "Older than what was known"
        DUPLICATE = "duplicate", "Came before"
        UNUSABLE = "unusable", "Without a CallSid or a known status"
        FAILED = "failed", "Kept, not applied yet"

    sid = models.CharField(max_length=64, blank=True, help_text="Of the call or the message that it is about.")
    kind = models.CharField(max_length=32, help_text="The route: incoming, outgoing, status, dial-action …")
    status = models.CharField(max_length=32, blank=True, help_text="Of the call or the message, as Twilio said it.")
    sequence_number = models.IntegerField(null=True)
    params = models.JSONField(help_text="Every field; a list where a name came twice.")
    idempotency_token = models.CharField(max_length=128, blank=True)
    verdict = models.CharField(max_length=16, choices=Verdict.choices, default=Verdict.APPLIED)
    answer = models.TextField(blank=True, help_text="The TwiML we answered with; empty for a plain 204.")
    milliseconds = models.FloatField(null=True, help_text="From its arrival until it was worked on and kept.")
    problem = models.CharField(max_length=255, blank=True, help_text="What failed in us. Never a secret.")
    received_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        ordering = ["received_at", "pk"]
        indexes = [
            # Not `db_index`, which makes a second one on PostgreSQL, for searches by a part of it.
            models.Index(fields=["sid"], name="webhook_call"),
            models.Index(fields=["id"], name="webhook_unapplied", condition=models.Q(verdict="failed")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.status}".strip()
