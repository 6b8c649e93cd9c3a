"""What the doctor must know of other processes and what it found, and what is left of a person who was erased."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class Heartbeat(models.Model):
    """When a task that runs by the clock last came to its end. A row a task."""

    task = models.CharField(_("task"), max_length=100, primary_key=True)
    at = models.DateTimeField(_("at"))
    succeeded = models.BooleanField(_("succeeded"))

    def __str__(self) -> str:
        return self.task


class Erasure(models.Model):
    """That a person was erased. Says of nobody who it was."""

    at = models.DateTimeField(_("erased"), default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Nobody, when it was done by the command."),
        verbose_name=_("by"),
    )
    rows = models.JSONField(_("rows"), help_text=_("How many rows of each kind."))
    at_twilio = models.PositiveIntegerField(_("kept by Twilio"), default=0, help_text=_("Calls, legs and recordings."))
    deleted_at_twilio = models.PositiveIntegerField(_("deleted at Twilio"), default=0)

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return gettext("Erasure %(number)s") % {"number": self.pk}


class DoctorReport(models.Model):
    """What the doctor found when it last looked. One row."""

    at = models.DateTimeField(_("at"))
    findings = models.JSONField(_("findings"), help_text="Of each: id, title, state, seen, mend.")

    def __str__(self) -> str:
        return f"Doctor's report of {self.at:%Y-%m-%d %H:%M}"
