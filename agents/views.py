"""Signing in."""

from typing import Any

from django.conf import settings
from django.contrib.auth.views import LoginView
from django.utils.translation import gettext_lazy as _


class DeskLoginView(LoginView):
    """The sign-in page. With the simulator on, it says which demo log-ins there are."""

    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["demo_logins"] = DEMO_LOGINS if settings.SIMULATOR else []
        context["demo_password"] = settings.DEMO_PASSWORD
        return context


DEMO_LOGINS = [
    {"username": "ada", "role": _("agent")},
    {"username": "grace", "role": _("agent")},
    {"username": "hedy", "role": _("supervisor")},
    {"username": "admin", "role": _("administrator")},
]
