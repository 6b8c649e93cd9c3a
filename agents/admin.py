from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from agents.models import Agent, Team


@admin.register(Agent)
class AgentAdmin(UserAdmin[Agent]):
    list_display = ["username", "name", "role", "team_names", "availability", "is_active", "last_login"]
    list_filter = ["role", "teams", "availability", "is_active"]
    filter_horizontal = ["teams", "groups", "user_permissions"]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        ("Person", {"fields": ["first_name", "last_name", "email"]}),
        ("At the desk", {"fields": ["role", "teams", "availability"]}),
        ("Administration", {"fields": ["is_active", "is_staff", "is_superuser"]}),
        ("Permissions", {"fields": ["groups", "user_permissions"], "classes": ["collapse"]}),
        ("Dates", {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["username", "first_name", "last_name", "usable_password", "password1", "password2"]}),
        ("At the desk", {"fields": ["role", "teams"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Agent]:
        return super().get_queryset(request).prefetch_related("teams")

    @admin.display(description="teams")
    def team_names(self, agent: Agent) -> str:
        return ", ".join(team.name for team in agent.teams.all()) or "none"


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
