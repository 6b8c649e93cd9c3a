"""Signing in."""

from typing import Any

from django.conf import settings
from django.contrib.auth.views import LoginView


class DeskLoginView(LoginView):
    """The sign-in page. With the simulator on, it says which demo log-ins there are."""

    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["demo_logins"] = DEMO_LOGINS if settings.SIMULATOR else []
        context["demo_password"] = settings.DEMO_PASSWORD
        return context


DEMO_LOGINS = [
    {"username": "ada", "role": "agent"},
    {"username": "grace", "role": "agent"},
    {"username": "hedy", "role": "supervisor"},
    {"username": "admin", "role": "administrator"},
]
