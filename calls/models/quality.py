"""How a call sounded at an agent's phone."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from calls.models.calls import Call


class CallQuality(models.Model):
    """What an agent's phone measured of its own leg: figures and devices, nothing of what was said, or by whom."""

    class Verdict(models.TextChoices):
        GOOD = "good", _("Good")
        FAIR = "fair", _("Fair")
        POOR = "poor", _("Poor")
        UNKNOWN = "unknown", _("Not measured")

    leg_sid = models.CharField(_("leg"), max_length=64, primary_key=True)
    call = models.ForeignKey(
        Call,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_column="call_sid",
        related_name="qualities",
        verbose_name=_("call"),
    )
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("agent")
    )
    at = models.DateTimeField(_("at"), default=timezone.now, db_index=True)
    seconds = models.PositiveIntegerField(_("measured"), help_text=_("Seconds."))
    poor_seconds = models.PositiveIntegerField(_("poor for"), help_text=_("Seconds in which the phone warned."))
    verdict = models.CharField(_("verdict"), max_length=8, choices=Verdict.choices)
    figures = models.JSONField(_("figures"), default=dict, help_text=_("min, mean, p95 and max of each."))
    warnings = models.JSONField(_("warnings"), default=list)
    microphone = models.CharField(_("microphone"), max_length=120, blank=True)
    speaker = models.CharField(_("speaker"), max_length=120, blank=True)
    network = models.CharField(_("network"), max_length=40, blank=True)
    edge = models.CharField(_("edge"), max_length=40, blank=True)
    codec = models.CharField(_("codec"), max_length=40, blank=True)
    is_complete = models.BooleanField(
        _("complete"), help_text=_("No: the page went away before the call ended, and this is what it had kept.")
    )

    class Meta:
        verbose_name = _("sound quality")
        verbose_name_plural = _("sound quality")
        ordering = ["at", "leg_sid"]

    def __str__(self) -> str:
        return f"{self.get_verdict_display()} {self.agent or ''}".strip()
