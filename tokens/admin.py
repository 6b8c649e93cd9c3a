from django.contrib import admin
from django.http import HttpRequest

from tokens.models import IssuedToken


@admin.register(IssuedToken)
class IssuedTokenAdmin(admin.ModelAdmin[IssuedToken]):
    """Who got a token, when, and from where. Only to be read: it is a record."""

    list_display = ["issued_at", "agent", "platform", "expires_at", "address"]
    list_filter = ["platform", "issued_at"]
    list_select_related = ["agent"]
    search_fields = ["agent__username", "agent__first_name", "agent__last_name", "address"]
    date_hierarchy = "issued_at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: IssuedToken | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: IssuedToken | None = None) -> bool:
        return False
