from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from agents.lockout import login_lock, login_unlock
from agents.models import Agent, FailedLogin, LoginRecord, Team
from agents.services import agent_sign_out_everywhere, agent_suspend, login_record_create
from core.text import in_sentence
from telephony.proxies import client_address


@admin.register(Agent)
class AgentAdmin(UserAdmin[Agent]):
    list_display = ["username", "name", "role", "team_names", "availability", "is_active", "last_login"]
    list_filter = ["role", "teams", "availability", "is_active"]
    filter_horizontal = ["teams", "groups", "user_permissions"]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        ("Person", {"fields": ["first_name", "last_name", "email"]}),
        (
            "At the desk",
            {"fields": ["role", "teams", "availability", "may_receive_calls", "may_make_calls", "rings_mobile"]},
        ),
        ("Administration", {"fields": ["is_active", "is_staff", "is_superuser"]}),
        ("Permissions", {"fields": ["groups", "user_permissions"], "classes": ["collapse"]}),
        ("Dates", {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["username", "first_name", "last_name", "usable_password", "password1", "password2"]}),
        ("At the desk", {"fields": ["role", "teams"]}),
    ]
    readonly_fields = ["last_login", "date_joined"]
    actions = ["suspend", "sign_out_everywhere"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Agent]:
        return super().get_queryset(request).prefetch_related("teams")

    @admin.display(description="teams")
    def team_names(self, agent: Agent) -> str:
        return ", ".join(team.name for team in agent.teams.all()) or "none"

    def save_model(self, request: HttpRequest, obj: Agent, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "is_active" in form.changed_data and not obj.is_active:
            login_record_create(
                kind=LoginRecord.Kind.SUSPENDED, agent=obj, address=client_address(request), by=_admin(request)
            )

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        agent = form.instance
        if agent.is_active and not agent.is_superuser and not agent.teams.exists():
            messages.warning(
                request, f"{agent} is in no team: no caller is put through to this agent, and there is no line."
            )

    @admin.action(description="Suspend: ends every log-in until made active again", permissions=["change"])
    def suspend(self, request: HttpRequest, queryset: QuerySet[Agent]) -> None:
        others = [agent for agent in queryset if agent.pk != request.user.pk]
        for agent in others:
            agent_suspend(agent=agent, by=_admin(request), address=client_address(request))
        self.message_user(request, f"Suspended: {_names(others)}.")

    @admin.action(description="Sign out everywhere: browsers and devices", permissions=["change"])
    def sign_out_everywhere(self, request: HttpRequest, queryset: QuerySet[Agent]) -> None:
        agents = list(queryset)
        for agent in agents:
            agent_sign_out_everywhere(agent=agent, by=_admin(request), address=client_address(request))
        self.message_user(request, f"Signed out everywhere: {_names(agents)}.")


def _admin(request: HttpRequest) -> Agent | None:
    return request.user if isinstance(request.user, Agent) else None


def _names(agents: list[Agent]) -> str:
    return ", ".join(map(str, agents)) or "nobody"


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin[Team]):
    list_display = ["name", "agent_count", "line_names"]
    search_fields = ["name"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Team]:
        return super().get_queryset(request).annotate(agent_total=Count("agents")).prefetch_related("lines")

    @admin.display(description="agents", ordering="agent_total")
    def agent_count(self, team: Any) -> int:
        return int(team.agent_total)

    @admin.display(description="lines")
    def line_names(self, team: Any) -> str:
        return ", ".join(str(line) for line in team.lines.all()) or "none"


class Record:
    """Only to be read."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(LoginRecord)
class LoginRecordAdmin(Record, admin.ModelAdmin[LoginRecord]):
    """Who signed in, failed to, and was signed out."""

    list_display = ["at", "kind", "username", "device", "address", "by"]
    list_filter = ["kind", "at"]
    list_select_related = ["by"]
    search_fields = ["username", "agent__first_name", "agent__last_name", "device", "address"]
    date_hierarchy = "at"


@admin.register(FailedLogin)
class FailedLoginAdmin(Record, admin.ModelAdmin[Any]):
    """Log-ins that failed lately, counted for the lock-out by django-axes."""

    list_display = ["username", "ip_address", "failures_since_start", "attempt_time", "state"]
    list_filter = ["attempt_time"]
    search_fields = ["username", "ip_address"]
    fields = ["username", "ip_address", "failures_since_start", "attempt_time", "user_agent", "path_info"]
    actions = ["unlock"]

    @admin.display(description="state")
    def state(self, attempt: Any) -> str:
        return "locked" if login_lock(username=attempt.username, address=attempt.ip_address) else "open"

    def has_unlock_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("agents.change_agent")

    @admin.action(description="Unlock: these may try again at once", permissions=["unlock"])
    def unlock(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        pairs = {(attempt.username or "", attempt.ip_address) for attempt in queryset}
        for username, address in sorted(pairs):
            login_unlock(username=username, address=address, by=_admin(request))
        self.message_user(
            request, f"Unlocked: {', '.join(sorted(in_sentence(name) for name, _ in pairs)) or 'nobody'}."
        )
