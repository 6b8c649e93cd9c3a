from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agents.selectors import may_administer
from core.admin import TimeFilter
from core.proxies import client_address
from tokens.models import Device, IssuedToken
from tokens.services import device_revoke


class DeviceStateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("in", gettext("Signed in")), ("out", gettext("Signed out")), ("expired", gettext("Expired"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "in":
            return queryset.filter(pk__in=Device.objects.signed_in())
        if self.value() == "out":
            return queryset.filter(revoked_at__isnull=False)
        if self.value() == "expired":
            return queryset.filter(revoked_at=None, expiry__lte=timezone.now())
        return queryset


@admin.register(Device)
class DeviceAdmin(admin.ModelAdmin[Device]):
    """Apps that are signed in. A lost telephone is signed out here."""

    list_display = ["name", "user", "platform", "state", "last_used_at", "address", "token_count"]
    list_filter = [DeviceStateFilter, "platform"]
    list_select_related = ["user"]
    search_fields = ["name", "user__username", "user__first_name", "user__last_name", "address"]
    fields = ("name", "user", "platform", "state", "created", "expiry", "last_used_at", "address", "revoked_at")
    readonly_fields = fields
    actions = ["revoke"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Device | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Device | None = None) -> bool:
        admin_agent: Any = request.user
        return super().has_change_permission(request, obj) and (obj is None or may_administer(admin_agent, obj.user))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Device]:
        found: QuerySet[Device] = super().get_queryset(request).annotate(token_total=Count("issued_tokens"))
        return found

    @admin.display(description=_("voice tokens"), ordering="token_total")
    def token_count(self, device: Any) -> int:
        return int(device.token_total)

    @admin.display(description=_("state"))
    def state(self, device: Device) -> str:
        if device.revoked_at:
            return gettext("signed out")
        return gettext("expired") if device.has_expired else gettext("signed in")

    @admin.action(description=_("Revoke: signs these devices out"), permissions=["change"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Device]) -> None:
        devices = list(queryset.select_related("user"))
        mine = [device for device in devices if self.has_change_permission(request, device)]
        if len(mine) < len(devices):
            self.message_user(
                request, gettext("Only a superuser may sign a superuser's devices out."), messages.WARNING
            )
        names = [str(device) for device in mine if self._revoke(request, device)]
        said = ", ".join(names) or gettext("none, they all were")
        self.message_user(request, gettext("Signed out: %(names)s.") % {"names": said})

    def response_change(self, request: HttpRequest, obj: Device) -> HttpResponse:
        """The page's one button."""
        if "_revoke" in request.POST and self._revoke(request, obj):
            self.message_user(request, gettext("%(device)s was signed out.") % {"device": obj}, messages.SUCCESS)
        return HttpResponseRedirect(request.path)

    def _revoke(self, request: HttpRequest, device: Device) -> bool:
        admin_agent: Any = request.user
        return device_revoke(device=device, by=admin_agent, address=client_address(request))

    def save_model(self, request: HttpRequest, obj: Device, form: Any, change: bool) -> None:
        """Nothing on the page can be changed."""


@admin.register(IssuedToken)
class IssuedTokenAdmin(admin.ModelAdmin[IssuedToken]):
    """Who got a token, when, and from where. Only to be read: it is a record."""

    list_display = ["issued_at", "agent", "platform", "device", "kind", "expires_at", "address"]
    list_filter = ["platform", "kind", ("issued_at", TimeFilter)]
    list_select_related = ["agent", "device"]
    search_fields = ["agent__username", "agent__first_name", "agent__last_name", "device__name", "address"]
    date_hierarchy = "issued_at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: IssuedToken | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: IssuedToken | None = None) -> bool:
        return False
