"""The call log and the flight recorder in Django admin."""

from calls.admin.calls import CallAdmin
from calls.admin.recorder import CallEventAdmin, WebhookAdmin
from calls.admin.rooms import RoomAdmin

__all__ = ["CallAdmin", "CallEventAdmin", "RoomAdmin", "WebhookAdmin"]
