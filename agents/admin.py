from collections.abc import Iterable
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group
from django.db.models import Count, QuerySet
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agents.lockout import login_lock, login_unlock
from agents.models import Agent, AwayReason, FailedLogin, LoginRecord, PresenceChange, Team
from agents.presence import Chosen, change_said, presence_set
from agents.selectors import may_administer
from agents.services import agent_sign_out_everywhere, agent_suspend, login_record_create, needed_by
from agents.team_form import TeamForm
from core.admin import ReadOnly, SavesChanges, TimeFilter
from core.proxies import client_address
from core.text import in_sentence


class NeededElsewhere(admin.ModelAdmin):  # type: ignore[type-arg]
    """For a `ModelAdmin`, before its other classes: what something else still needs is not deleted."""

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        found, count, perms, protected = super().get_deleted_objects(objs, request)
        needs = [
            f"{row}: {need}"
            for row in objs
            for _receiver, names in needed_by.send(sender=self.model, kind=self.opts.model_name, pk=row.pk)
            for need in names or ()
        ]
        return found, count, perms, [*protected, *needs]


# What lets people do things in admin. Only superusers give it and take it.
_RIGHTS = ("role", "is_staff", "is_superuser", "groups", "user_permissions")


@admin.register(Agent)
class AgentAdmin(NeededElsewhere, SavesChanges, UserAdmin[Agent]):
    list_display = ["username", "full_name", "role", "team_names", "availability", "is_active", "last_login"]
    list_filter = ["role", "teams", "availability", "is_active"]
    filter_horizontal = ["groups", "user_permissions"]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("Person"), {"fields": ["first_name", "last_name", "email"]}),
        (
            _("At the desk"),
            {
                "fields": [
                    "role",
                    "teams",
                    "availability",
                    "presence_said",
                    "may_receive_calls",
                    "may_make_calls",
                    "may_take_second_call",
                    "rings_mobile",
                    "language",
                ]
            },
        ),
        (_("Administration"), {"fields": ["is_active", "is_staff", "is_superuser"]}),
        (_("Permissions"), {"fields": ["groups", "user_permissions"], "classes": ["collapse"]}),
        (_("Dates"), {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["username", "first_name", "last_name", "usable_password", "password1", "password2"]}),
        (_("At the desk"), {"fields": ["role", "teams"]}),
    ]
    readonly_fields = ["last_login", "date_joined", "presence_said"]
    actions = ["suspend", "sign_out_everywhere"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Agent]:
        return super().get_queryset(request).prefetch_related("teams")

    def get_readonly_fields(self, request: HttpRequest, obj: Agent | None = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        if _admin(request).is_superuser:
            return fields
        # Who may see a team's calls is not said by whoever wants to see them.
        return (*fields, *_RIGHTS, "teams") if obj == request.user else (*fields, *_RIGHTS)

    def has_change_permission(self, request: HttpRequest, obj: Agent | None = None) -> bool:
        """The form of the password asks this, too."""
        return super().has_change_permission(request, obj) and (obj is None or may_administer(_admin(request), obj))

    def has_delete_permission(self, request: HttpRequest, obj: Agent | None = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or may_administer(_admin(request), obj))

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "teams":
            kwargs["widget"] = CheckboxSelectMultiple()
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    @admin.display(description=_("name"))
    def full_name(self, agent: Agent) -> str:
        return agent.name

    @admin.display(description=_("teams"))
    def team_names(self, agent: Agent) -> str:
        return ", ".join(team.name for team in agent.teams.all()) or gettext("none")

    @admin.display(description=_("last change"))
    def presence_said(self, agent: Agent) -> str:
        last = agent.presence_changes.select_related("by").first()
        return change_said(last) if last else gettext("none")

    def save_model(self, request: HttpRequest, obj: Agent, form: Any, change: bool) -> None:
        if change and "availability" in form.changed_data:
            # First, so that what it was before is known.
            presence_set(agent_id=obj.pk, chosen=Chosen(obj.availability), by=_admin(request))
        super().save_model(request, obj, form, change)
        if change and "is_active" in form.changed_data and not obj.is_active:
            login_record_create(
                kind=LoginRecord.Kind.SUSPENDED, agent=obj, address=client_address(request), by=_admin(request)
            )

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        _warn_without_team(request, [form.instance])

    @admin.action(description=_("Suspend: ends every log-in until made active again"), permissions=["change"])
    def suspend(self, request: HttpRequest, queryset: QuerySet[Agent]) -> None:
        others = self._administered(request, queryset.exclude(pk=_admin(request).pk))
        for agent in others:
            agent_suspend(agent=agent, by=_admin(request), address=client_address(request))
        self.message_user(request, gettext("Suspended: %(names)s.") % {"names": _names(others)})

    @admin.action(description=_("Sign out everywhere: browsers and devices"), permissions=["change"])
    def sign_out_everywhere(self, request: HttpRequest, queryset: QuerySet[Agent]) -> None:
        agents = self._administered(request, queryset)
        for agent in agents:
            agent_sign_out_everywhere(agent=agent, by=_admin(request), address=client_address(request))
        self.message_user(request, gettext("Signed out everywhere: %(names)s.") % {"names": _names(agents)})

    def _administered(self, request: HttpRequest, agents: QuerySet[Agent]) -> list[Agent]:
        """Those whom whoever asks may change; the others are named in a message."""
        chosen = list(agents)
        mine = [agent for agent in chosen if may_administer(_admin(request), agent)]
        others = [agent for agent in chosen if agent not in mine]
        if others:
            self.message_user(
                request,
                gettext("Only a superuser may do this to %(names)s.") % {"names": _names(others)},
                messages.WARNING,
            )
        return mine


# Whoever may change a group can give everybody in it any right.
admin.site.unregister(Group)


@admin.register(Group)
class RightsAdmin(GroupAdmin):
    """For superusers."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return _admin(request).is_superuser

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _admin(request).is_superuser

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _admin(request).is_superuser

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _admin(request).is_superuser

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _admin(request).is_superuser


def _admin(request: HttpRequest) -> Agent:
    """Whoever is signed in: admin lets nobody else in."""
    return cast("Agent", request.user)


def _names(agents: list[Agent]) -> str:
    return ", ".join(map(str, agents)) or gettext("nobody")


def _warn_without_team(request: HttpRequest, agents: Iterable[Agent]) -> None:
    for agent in agents:
        if agent.is_active and not agent.is_superuser and not agent.teams.exists():
            messages.warning(
                request,
                gettext("%(agent)s is in no team: no caller is put through to this agent, and there is no line.")
                % {"agent": agent},
            )


@admin.register(Team)
class TeamAdmin(NeededElsewhere, SavesChanges, admin.ModelAdmin[Team]):
    form = TeamForm
    list_display = ["name", "agent_count", "line_names"]
    search_fields = ["name"]
    fields = ["name", "members", "wrap_up_seconds", "away_when_missed", "supervision_is_shown"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Team]:
        teams: QuerySet[Team] = super().get_queryset(request)
        return teams.annotate(agent_total=Count("agents")).prefetch_related("lines")

    def get_readonly_fields(self, request: HttpRequest, obj: Team | None = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        # Whoever may not change agents does not change who is in a team, either.
        return fields if request.user.has_perm("agents.change_agent") else (*fields, "members")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        # Made for this request.
        form.by = _admin(request)
        return form

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        came, went = form.members_changed()
        form.instance.agents.add(*came)
        form.instance.agents.remove(*went)
        _warn_without_team(request, Agent.objects.filter(pk__in=went))

    @admin.display(description=_("Members"))
    def members(self, team: Team) -> str:
        """For those who may only look."""
        return ", ".join(map(str, team.agents.all())) or gettext("nobody") if team.pk else "–"

    @admin.display(description=_("agents"), ordering="agent_total")
    def agent_count(self, team: Any) -> int:
        return int(team.agent_total)

    @admin.display(description=_("lines"))
    def line_names(self, team: Any) -> str:
        return ", ".join(str(line) for line in team.lines.all()) or gettext("none")


@admin.register(AwayReason)
class AwayReasonAdmin(SavesChanges, admin.ModelAdmin[AwayReason]):
    """What agents choose from when they are away. Who is away already keeps the reason as it was named."""

    list_display = ["name", "position", "is_active"]
    search_fields = ["name"]


class _StateFilter(admin.ChoicesFieldListFilter):
    """By what the column is named, its title would be “By after”."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = _("new state")


@admin.register(PresenceChange)
class PresenceChangeAdmin(ReadOnly, admin.ModelAdmin[PresenceChange]):
    """Who was available, busy or away, since when, and who or what changed it."""

    list_display = ["at", "agent", "before", "after", "reason", "by", "rule"]
    list_filter = [("after", _StateFilter), "rule", ("at", TimeFilter)]
    list_select_related = ["agent", "by"]
    search_fields = ["agent__username", "agent__first_name", "agent__last_name", "reason"]
    date_hierarchy = "at"


@admin.register(LoginRecord)
class LoginRecordAdmin(ReadOnly, admin.ModelAdmin[LoginRecord]):
    """Who signed in, failed to, and was signed out."""

    list_display = ["at", "kind", "username", "device", "address", "by"]
    list_filter = ["kind", ("at", TimeFilter)]
    list_select_related = ["by"]
    search_fields = ["username", "agent__first_name", "agent__last_name", "device", "address"]
    date_hierarchy = "at"


@admin.register(FailedLogin)
class FailedLoginAdmin(ReadOnly, admin.ModelAdmin[Any]):
    """Log-ins that failed lately, counted for the lock-out by django-axes."""

    list_display = ["username", "ip_address", "failures_since_start", "attempt_time", "state"]
    list_filter = ["attempt_time"]
    search_fields = ["username", "ip_address"]
    fields = ["username", "ip_address", "failures_since_start", "attempt_time", "user_agent", "path_info"]
    actions = ["unlock"]

    @admin.display(description=_("state"))
    def state(self, attempt: Any) -> str:
        return (
            gettext("locked") if login_lock(username=attempt.username, address=attempt.ip_address) else gettext("open")
        )

    def has_unlock_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("agents.change_agent")

    @admin.action(description=_("Unlock: these may try again at once"), permissions=["unlock"])
    def unlock(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        found = {(attempt.username or "", attempt.ip_address or "") for attempt in queryset}
        pairs = sorted(pair for pair in found if self._may_unlock(request, pair[0]))
        for username, address in pairs:
            login_unlock(username=username, address=address or None, by=_admin(request))
        if len(pairs) < len(found):
            self.message_user(request, gettext("Only a superuser may unlock a superuser."), messages.WARNING)
        names = ", ".join(in_sentence(name) for name, _address in pairs) or gettext("nobody")
        self.message_user(request, gettext("Unlocked: %(names)s.") % {"names": names})

    @staticmethod
    def _may_unlock(request: HttpRequest, username: str) -> bool:
        return all(may_administer(_admin(request), agent) for agent in Agent.objects.filter(username__iexact=username))
