"""Reading lines, and who answers them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, QuerySet

from agents.selectors import team_ids_of, who_may_sign_in
from core.sql.prepared import Param, Prepared
from core.sql.statements import Statement, fetch
from routing.models import Line

if TYPE_CHECKING:
    from agents.models import Agent

_LINES = Prepared(lambda: Line.objects.filter(number__in_array=Param("numbers")))


def lines_with(numbers: Collection[str]) -> Statement:
    """Our lines among these numbers, to be read with other queries."""
    return _LINES(numbers=numbers)


def lines_by_number(numbers: Iterable[str]) -> dict[str, Line]:
    """Our lines among these numbers."""
    (lines,) = fetch(_LINES(numbers=set(numbers)))
    return {line.number: line for line in lines}


def lines_for(agent: Agent) -> QuerySet[Line]:
    """The lines an agent may call from; all of them for an admin. The first is the caller ID unless another is chosen.

    The oldest comes first: a line that is added never becomes anybody's caller ID by itself, whatever its name is.
    """
    lines = Line.objects.filter(is_active=True).order_by("pk")
    return lines if agent.is_superuser else lines.filter(team__in=team_ids_of(agent))


def line_to_call_from(agent: Agent, line_id: int | None) -> Line | None:
    """The line that the agent has chosen, if it is one of theirs, otherwise the first."""
    lines = list(lines_for(agent))
    return next((line for line in lines if line.pk == line_id), lines[0] if lines else None)


def callable_agents_of(team_id: int) -> QuerySet[Agent]:
    """Those in the team whom a caller can reach at all."""
    return get_user_model().objects.filter(who_may_sign_in(), teams=team_id, may_receive_calls=True)


def lines_without_people() -> QuerySet[Line]:
    """Lines in use in whose teams nobody can take calls: all that a caller can reach there is voicemail."""
    people = get_user_model().objects.filter(who_may_sign_in(), teams=OuterRef("team"), may_receive_calls=True)
    return Line.objects.filter(~Exists(people), is_active=True).select_related("team")


def lines_unanswered() -> list[Line]:
    """Lines in use on which a caller reaches neither a person nor voicemail, whoever is at the desk."""
    return list(lines_without_people().filter(takes_voicemail=False))


def line_names() -> dict[str, str]:
    """The names of our lines in use, by their numbers."""
    return dict(Line.objects.filter(is_active=True).order_by("name", "pk").values_list("number", "name"))
