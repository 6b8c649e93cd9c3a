"""Sending what is on the work list. The database holds it; the task queue only says that there is something to do."""

from messaging.outbox.doorbell import ring

__all__ = ["ring"]
