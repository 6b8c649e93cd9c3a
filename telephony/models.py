"""What Twilio posted, whatever it was about."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Webhook(models.Model):
    """A request of Twilio's as it came, and what we made of it. Rows are only ever added."""

    class Verdict(models.TextChoices):
        APPLIED = "applied", _("Applied")
        LATE = "late", _("Older than what was known")
        DUPLICATE = "duplicate", _("Came before")
        UNUSABLE = "unusable", _("Without a CallSid or a known status")
        FAILED = "failed", _("Kept, not applied yet")

    sid = models.CharField(
        _("sid"), max_length=64, blank=True, help_text=_("Of the call or the message that it is about.")
    )
    kind = models.CharField(
        _("kind"), max_length=32, help_text=_("The route: incoming, outgoing, status, dial-action …")
    )
    status = models.CharField(
        _("status"), max_length=32, blank=True, help_text=_("Of the call or the message, as Twilio said it.")
    )
    sequence_number = models.IntegerField(_("sequence number"), null=True)
    params = models.JSONField(_("params"), help_text=_("Every field; a list where a name came twice."))
    idempotency_token = models.CharField(_("idempotency token"), max_length=128, blank=True)
    verdict = models.CharField(_("verdict"), max_length=16, choices=Verdict.choices, default=Verdict.APPLIED)
    answer = models.TextField(
        _("answer"), blank=True, help_text=_("The TwiML we answered with; empty for a plain 204.")
    )
    milliseconds = models.FloatField(
        _("milliseconds"), null=True, help_text=_("From its arrival until it was worked on and kept.")
    )
    problem = models.CharField(
        _("problem"), max_length=255, blank=True, help_text=_("What failed in us. Never a secret.")
    )
    received_at = models.DateTimeField(_("received at"), default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["received_at", "pk"]
        indexes = [
            # Not `db_index`, which makes a second one on PostgreSQL, for searches by a part of it.
            models.Index(fields=["sid"], name="webhook_call"),
            models.Index(fields=["id"], name="webhook_unapplied", condition=models.Q(verdict="failed")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.status}".strip()


class TwilioRefusal(models.Model):
    """How often the REST API refused us for a limit or a permission on one day: a row a day and code."""

    day = models.DateField(_("day"))
    code = models.PositiveIntegerField(_("code"), help_text=_("Twilio's."))
    count = models.PositiveIntegerField(_("count"), default=0)
    first_at = models.DateTimeField(_("first"))
    last_at = models.DateTimeField(_("last"))

    class Meta:
        verbose_name = _("refusal")
        verbose_name_plural = _("refusals")
        constraints = [models.UniqueConstraint(fields=["day", "code"], name="one_refusal_per_day_and_code")]

    def __str__(self) -> str:
        return f"{self.day} {self.code}"
