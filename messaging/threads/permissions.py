"""Who may see which threads. Who may see one may write in it, read it and give it to somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet

from agents.selectors import team_ids_of
from messaging.models import Thread
from routing.models import Line

if TYPE_CHECKING:
    from agents.models import Agent


def threads_visible(agent: Agent) -> QuerySet[Thread]:
    """Those of the own teams' lines; an admin sees all."""
    threads = Thread.objects.all()
    return threads if agent.is_superuser else threads.filter(line__team__in=team_ids_of(agent))


def lines_to_text_from(agent: Agent) -> QuerySet[Line]:
    """The lines in whose name an agent may write."""
    lines = Line.objects.filter(is_active=True)
    return lines if agent.is_superuser else lines.filter(team__in=team_ids_of(agent))


def agents_who_may_see(thread: Thread) -> QuerySet[Agent]:
    """To whom the thread can be given."""
    agents = get_user_model().objects.filter(is_active=True)
    return agents.filter(Q(teams=thread.line.team_id) | Q(is_superuser=True)).distinct()
