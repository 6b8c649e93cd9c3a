"""What callers meet on a line without a route, as a route: the explainer shows it like any other."""

from __future__ import annotations

from django.utils.translation import gettext

from core.languages import speaking
from routing.models import Line
from routing.step_fields import Prompt
from routing.steps import Goodbye, Plan, Step, TeamStep, Voicemail


def default_plan(line: Line) -> Plan:
    """The team's phones ring, all who are free at once; then a message can be left, or the caller is told to call
    again."""
    team = TeamStep(
        id="team",
        team=line.team_id,
        strategy="all-at-once",
        ring_seconds=line.ring_seconds,
        wait_seconds=line.ring_seconds,
        waited="end",
        nobody="end",
    )
    end: Step = Voicemail(id="end", team=line.team_id)
    if not line.takes_voicemail:
        with speaking(line.language):
            text = gettext("Nobody can take your call right now. Please call again later. Goodbye.")
        end = Goodbye(id="end", prompt=Prompt(text, line.language))
    return Plan("team", {step.id: step for step in (team, end)})
