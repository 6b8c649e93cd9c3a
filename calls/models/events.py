"""What happened to a call beside Twilio's webhooks."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class CallEvent(models.Model):
    """What happened to a call beside Twilio's webhooks: our REST requests, an agent's actions, our own failures."""

    class Kind(models.TextChoices):
        REST = "rest", _("Request to Twilio")
        ACTION = "action", _("Agent's action")
        INCIDENT = "incident", _("Failure of our own")
        ROUTE = "route", _("Step of a route")

    call_sid = models.CharField(_("call sid"), max_length=64, db_index=True)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=120, help_text=_("`POST Calls/CA…`, `hang-up`, `incoming` …"))
    outcome = models.CharField(
        _("outcome"), max_length=255, blank=True, help_text=_("What came of it. Never a secret.")
    )
    detail = models.JSONField(_("detail"), default=dict, blank=True)
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("agent"),
    )
    milliseconds = models.FloatField(_("milliseconds"), null=True)
    at = models.DateTimeField(_("at"), default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("call event")
        verbose_name_plural = _("call events")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.name}"
