"""What our texts come from, and how fast each may send."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Sender(models.Model):
    """One of our numbers, or a messaging service. Whoever takes texts of it to send them locks its row."""

    name = models.CharField(_("sender"), max_length=64, unique=True, help_text=_("E.164, or a service's MG…"))
    segments_per_second = models.FloatField(
        _("segments per second"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0.01)],
        help_text=_("What Twilio agreed to. Empty: what Twilio allows each number of this kind."),
    )
    free_at = models.DateTimeField(
        _("free at"), default=timezone.now, help_text=_("When what it has sent so far is through its queue at Twilio.")
    )
    slow_until = models.DateTimeField(
        _("waits until"), null=True, blank=True, help_text=_("Twilio asked it to send nothing before.")
    )
    slowed = models.PositiveSmallIntegerField(
        _("slowed down"), default=0, help_text=_("How often in a row Twilio asked it to slow down.")
    )
    asked_at = models.DateTimeField(
        _("asked at"), null=True, blank=True, help_text=_("When Twilio was last asked how far its texts have come.")
    )
    watched_by = models.CharField(
        _("watched by"), max_length=36, blank=True, help_text=_("The worker that waits until it is free.")
    )
    watched_until = models.DateTimeField(_("watched until"), null=True, blank=True)

    class Meta:
        verbose_name = _("sender")
        verbose_name_plural = _("senders")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
