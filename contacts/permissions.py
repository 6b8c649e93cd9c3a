"""Who may change many contacts, or take one away."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import BasePermission
from rest_framework.request import Request


class IsSupervisor(BasePermission):
    """Supervisors and admins."""

    message = _("Only supervisors and admins can do this.")

    def has_permission(self, request: Request, view: Any) -> bool:
        user: Any = request.user
        return bool(user.is_authenticated and (user.is_superuser or user.role == "supervisor"))
