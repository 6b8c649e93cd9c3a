"""Who may change many contacts, or take one away.

Everybody who answers calls may see contacts, add and change them, write notes, record consent, and block: callers ask
for all of these. What one cannot see at a glance and take back, deleting, merging, importing, exporting all, is for
supervisors and admins.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import BasePermission
from rest_framework.request import Request


def is_supervisor(user: Any) -> bool:
    """Whether it is a supervisor or an admin."""
    return bool(user.is_authenticated and (user.is_superuser or user.role == "supervisor"))


class IsSupervisor(BasePermission):
    """Supervisors and admins."""

    message = _("Only supervisors and admins can do this.")

    def has_permission(self, request: Request, view: Any) -> bool:
        return is_supervisor(request.user)
