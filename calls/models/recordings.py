"""What callers said to us, and who listened."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from calls.models.calls import Call


class Recording(models.Model):
    """A message a caller left."""

    sid = models.CharField(_("sid"), max_length=64, primary_key=True)
    call = models.ForeignKey(
        Call,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_column="call_sid",
        related_name="recordings",
        verbose_name=_("call"),
    )
    url = models.URLField(_("url"), max_length=500, blank=True)
    status = models.CharField(_("status"), max_length=16, blank=True)
    duration = models.PositiveIntegerField(_("duration"), null=True, blank=True, help_text=_("Seconds."))
    created_at = models.DateTimeField(_("created at"), default=timezone.now)

    class Meta:
        verbose_name = _("recording")
        verbose_name_plural = _("recordings")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.sid


class RecordingPlay(models.Model):
    """That somebody listened to a recording. One row a listening, for which a player asks many times."""

    recording = models.ForeignKey(
        Recording,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_column="recording_sid",
        related_name="plays",
        verbose_name=_("recording"),
    )
    call = models.ForeignKey(
        Call,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_column="call_sid",
        related_name="plays",
        verbose_name=_("call"),
    )
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("agent")
    )
    at = models.DateTimeField(_("began"), default=timezone.now)
    until = models.DateTimeField(_("last asked for"), default=timezone.now)

    class Meta:
        verbose_name = _("listening")
        verbose_name_plural = _("who listened")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        somebody = gettext("somebody")
        return f"{self.agent or somebody} {self.at:%Y-%m-%d %H:%M}"
