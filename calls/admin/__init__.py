"""The call log and the flight recorder in Django admin."""

from calls.admin.calls import CallAdmin
from calls.admin.recorder import CallEventAdmin, WebhookAdmin

__all__ = ["CallAdmin", "CallEventAdmin", "WebhookAdmin"]
