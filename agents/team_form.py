"""Who is in a team, as the team's form has it: what was added and taken out there, and nothing else, is changed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from agents.models import Agent, Team
from agents.selectors import may_administer, who_may_sign_in
from core.admin import ManyField
from core.ids import ids_in


class TeamForm(forms.ModelForm):  # type: ignore[type-arg]
    members = ManyField(
        Agent.objects.none(),
        label=_("Members"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("They are put through to the callers of the team's lines, and see each other at the desk."),
    )

    class Meta:
        model = Team
        fields = ["name", "wrap_up_seconds", "away_when_missed", "supervision_is_shown"]

    #: Whose page it is.
    by: Agent

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields.get("members")
        if field is None:
            return
        field.queryset = _may_be_moved(self.instance, by=self.by)
        members = self.instance.agents.filter(pk__in=field.queryset) if self.instance.pk else Agent.objects.none()
        self.initial["members"] = list(members.values_list("pk", flat=True))
        # As of all other fields: the page holds what it showed, and a form that comes from no page of ours does not.
        field.show_hidden_initial = not self.is_bound or any("initial-" in name for name in self.data)

    def members_changed(self) -> tuple[set[int], set[int]]:
        """The ids of those whom the form's user put in, and of those taken out."""
        if "members" not in self.changed_data:
            return set(), set()
        chosen = {agent.pk for agent in self.cleaned_data["members"]}
        shown = set(self._members_shown())
        return chosen - shown, shown - chosen

    def _members_shown(self) -> Collection[int]:
        field: Any = self.fields["members"]
        if not field.show_hidden_initial:
            return list(self.initial["members"])
        widget = field.hidden_widget()
        held = widget.value_from_datadict(self.data, self.files, self.add_initial_prefix("members")) or []
        known = set(field.queryset.values_list("pk", flat=True))
        return known.intersection(ids_in(held))


def _may_be_moved(team: Team, *, by: Agent) -> QuerySet[Agent]:
    """Whoever may sign in, and whoever is in it already, as far as this admin may put them into teams."""
    wanted = who_may_sign_in()
    if team.pk:
        wanted |= Q(pk__in=team.agents.values("pk"))
    agents = Agent.objects.filter(wanted)
    if by.is_superuser:
        return agents
    # Who may see a team's calls is not said by whoever wants to see them.
    return agents.filter(pk__in=[agent.pk for agent in agents if agent != by and may_administer(by, agent)])
