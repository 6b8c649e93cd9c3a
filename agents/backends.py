"""Who may sign in."""

from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend


class DeskBackend(ModelBackend):
    """Django's own, but the demo's log-ins, whose password everybody knows, open nothing outside the simulator.

    Asked for every request, too: a session from the demo ends with it.
    """

    def user_can_authenticate(self, user: Any) -> bool:
        if getattr(user, "is_demo", False) and not settings.SIMULATOR:
            return False
        return super().user_can_authenticate(user)
