"""Who may sign in."""

from typing import Any

from axes.backends import AxesStandaloneBackend
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from agents.selectors import agent_may_sign_in


class LockoutBackend(AxesStandaloneBackend):  # type: ignore[misc]
    """Refuses, before a password is looked at, whoever failed too often. Opens nothing by itself."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> None:
        # Without a request there is no address to lock out: a command or a shell.
        if request is not None:
            super().authenticate(request, **credentials)


class DeskBackend(ModelBackend):
    """Django's own, but the demo's log-ins, whose password everybody knows, open nothing outside the simulator.

    Asked for every request, too: a session from the demo ends with it.
    """

    def user_can_authenticate(self, user: Any) -> bool:
        return agent_may_sign_in(user)
