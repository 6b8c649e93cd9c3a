"""Messages that came while nothing of ours could answer them."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class MessageWebhook(models.Model):
    """A request of Twilio's about a message, as it came. Rows are only ever added."""

    message_sid = models.CharField(_("message sid"), max_length=64, db_index=True, blank=True)
    kind = models.CharField(_("kind"), max_length=32, help_text=_("The route: fallback."))
    sender = models.CharField(_("sender"), max_length=255, blank=True, help_text=_("Twilio's From."))
    recipient = models.CharField(_("recipient"), max_length=255, blank=True, help_text=_("Twilio's To."))
    body = models.TextField(_("body"), blank=True)
    error_code = models.CharField(_("error code"), max_length=16, blank=True)
    error_url = models.CharField(_("error url"), max_length=255, blank=True)
    params = models.JSONField(_("params"), help_text=_("Every field; a list where a name came twice."))
    received_at = models.DateTimeField(_("received at"), default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("message webhook")
        verbose_name_plural = _("message webhooks")
        ordering = ["-received_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.message_sid}"
