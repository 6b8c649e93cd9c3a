"""What the admin's home page says: how today goes, who is reachable, what the doctor found, what needs doing.

Each part only for who may see what it is made of, and in as many queries as there are parts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.admin import AdminSite
from django.db.models import Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from agents.models import Agent
from agents.selectors import agents_answering, agents_in_no_team
from calls.live.presence import presence_of
from calls.log.to_do import missed_to_call_back, results_since, voicemail_unheard
from calls.models import Call, CallResult
from config.doctor import last
from core.languages import sentence
from core.text import in_sentence
from routing.models import Line
from routing.selectors import lines_without_people
from telephony.doctor.findings import State
from usage.models import TOTAL, Period, SpendLimit, UsageRefresh
from usage.money import money
from usage.page import limit_note
from usage.selectors import records
from usage.services import today_gmt
from usage.spending import Spent, account_currency, spent_in
from usage.words import limit_title

if TYPE_CHECKING:
    from config.models import DoctorReport

_TONES = {
    CallResult.ANSWERED: "go", CallResult.REACHED: "go", CallResult.MISSED: "stop", CallResult.FAILED: "stop",
    CallResult.VOICEMAIL: "info",
}  # fmt: skip
# In the order in which they are shown, with how they are told from each other.
_STATES: dict[str, tuple[Promise, str]] = {
    "on-call": (_("On a call"), "info"),
    "available": (_("Available"), "go"),
    "busy": (_("Busy"), "warn"),
    "away": (_("Away"), ""),
}
_MOST_PEOPLE, _MOST_TASKS = 12, 6
# The page's own card says the same of lines, from now and with their names.
_SAID_ELSEWHERE = {"lines"}


@dataclass(frozen=True, slots=True)
class Figure:
    name: str
    value: str
    detail: str
    url: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """Something that somebody who reads this can end, and where."""

    title: str
    detail: str
    url: str
    action: str
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    url: str
    state: Promise
    tone: str


@dataclass(frozen=True, slots=True)
class People:
    shown: list[Person]
    more: int
    reachable: int
    on_call: int
    total: int


@dataclass(frozen=True, slots=True)
class Home:
    """What the viewer may not see is None."""

    now: datetime
    figures: list[Figure]
    results: list[Figure] | None
    people: People | None
    tasks: list[Task] | None
    more_tasks: list[Task]
    doctor: DoctorCard | None

    @property
    def is_empty(self) -> bool:
        return self.results is None and self.people is None and self.tasks is None and self.doctor is None


@dataclass(frozen=True, slots=True)
class DoctorCard:
    """`at` is None when the doctor has never looked."""

    at: datetime | None
    wrong: list[dict[str, Any]]
    warnings: list[dict[str, Any]]
    right: int


class _Rights:
    """What the viewer may see and change, as admin's own pages decide it."""

    def __init__(self, request: HttpRequest, site: AdminSite) -> None:
        self.is_superuser = bool(getattr(request.user, "is_superuser", False))
        calls, lines, agents = (site.get_model_admin(model) for model in (Call, Line, Agent))
        self.sees_calls = calls.has_view_permission(request)
        self.sees_agents = agents.has_view_permission(request)
        self.mends_lines = lines.has_change_permission(request)
        self.mends_agents = agents.has_change_permission(request)


def home(request: HttpRequest, site: AdminSite) -> Home:
    rights, now = _Rights(request, site), localtime()
    people = _people() if rights.sees_agents else None
    results = _results(now) if rights.sees_calls else None
    report = last.last() if rights.is_superuser else None
    spent = spent_in(list(SpendLimit.objects.all())) if rights.is_superuser else []
    tasks = [*_tasks(rights, report), *_spend_tasks(spent)]
    may_do = rights.is_superuser or rights.sees_calls or rights.mends_lines or rights.mends_agents
    tasks.sort(key=lambda task: not task.urgent)
    return Home(
        now=now,
        figures=[*_call_figures(results or [], now, rights), *_people_figures(people), *_money_figures(rights, spent)],
        results=_shown_results(results) if results is not None else None,
        people=people,
        tasks=tasks[:_MOST_TASKS] if may_do else None,
        more_tasks=tasks[_MOST_TASKS:],
        doctor=_doctor_card(report) if rights.is_superuser else None,
    )


# --- Calls ---


@dataclass(frozen=True, slots=True)
class _Result:
    result: str
    total: int
    incoming: int
    url: str


def _results(now: datetime) -> list[_Result]:
    rows = results_since(now.replace(hour=0, minute=0, second=0, microsecond=0))
    return [_Result(row["result"], row["total"], row["incoming"], _calls_url(now, row["result"])) for row in rows]


def _calls_url(now: datetime, result: str | None = None) -> str:
    """The list of that day's calls, of one result or of all."""
    day = {"start_time__year": now.year, "start_time__month": now.month, "start_time__day": now.day}
    return _list_url("calls_call", **day, **({} if result is None else {"result__exact": result}))


def _list_url(of: str, **query: Any) -> str:
    address = reverse(f"admin:{of}_changelist")
    return f"{address}?{urlencode(query)}" if query else address


def _call_figures(results: list[_Result], now: datetime, rights: _Rights) -> Iterator[Figure]:
    if not rights.sees_calls:
        return
    total, incoming = sum(row.total for row in results), sum(row.incoming for row in results)
    detail = gettext("%(incoming)d in, %(outgoing)d out") % {"incoming": incoming, "outgoing": total - incoming}
    yield Figure(gettext("Calls today"), str(total), detail, _calls_url(now))
    count = Counter({row.result: row.total for row in results})
    ended = sum(row.incoming for row in results if row.result)
    for result, name in (
        (CallResult.ANSWERED, gettext("Answered")),
        (CallResult.MISSED, gettext("Missed")),
        (CallResult.VOICEMAIL, gettext("Voicemail")),
    ):
        share = gettext("%(share)d %% of incoming") % {"share": round(100 * count[result] / ended)} if ended else ""
        tone = "stop" if result == CallResult.MISSED and count[result] else ""
        yield Figure(name, str(count[result]), share, _calls_url(now, result), tone)


def _shown_results(results: list[_Result]) -> list[Figure]:
    """In the order in which the log names them; what goes on comes first."""
    found = {row.result: row for row in results}
    names: list[tuple[str, Any]] = [("", gettext("Not over yet")), *CallResult.choices]
    return [
        Figure(
            str(name),
            str(found[result].total),
            "",
            found[result].url,
            _TONES.get(CallResult(result), "") if result else "",
        )
        for result, name in names
        if result in found
    ]


# --- People ---


def _people() -> People:
    presences = presence_of(set(agents_answering().values_list("pk", flat=True)))
    order = list(_STATES)
    here = [one for one in presences if one["state"] in _STATES]
    here.sort(key=lambda one: (order.index(one["state"]), one["agent"]["name"].casefold()))
    count = Counter(one["state"] for one in here)
    shown = [
        Person(
            name=in_sentence(one["agent"]["name"]),
            url=reverse("admin:agents_agent_change", args=[one["agent"]["id"]]),
            state=_STATES[one["state"]][0],
            tone=_STATES[one["state"]][1],
        )
        for one in here[:_MOST_PEOPLE]
    ]
    return People(
        shown=shown,
        more=max(0, len(here) - _MOST_PEOPLE),
        reachable=count["available"] + count["on-call"],
        on_call=count["on-call"],
        total=len(presences),
    )


def _people_figures(people: People | None) -> Iterator[Figure]:
    if people is None:
        return
    value = gettext("%(reachable)d of %(total)d") % {"reachable": people.reachable, "total": people.total}
    free = people.reachable - people.on_call
    detail = gettext("%(free)d free, %(on_call)d on a call") % {"free": free, "on_call": people.on_call}
    tone = "stop" if people.total and not people.reachable else ""
    yield Figure(gettext("Agents reachable"), value, detail, "#reachable", tone)


# --- Money ---


def _money_figures(rights: _Rights, spent: list[Spent]) -> Iterator[Figure]:
    """What Twilio has charged this month; nothing before its first figures."""
    if not (rights.is_superuser and UsageRefresh.objects.filter(what="records", succeeded_at__isnull=False).exists()):
        return
    today = today_gmt()
    month = records(today.replace(day=1), today, TOTAL).aggregate(sum=Sum("price"))["sum"] or Decimal(0)
    limit = next((one for one in spent if one.limit.period == Period.MONTHLY), None)
    detail = gettext("Twilio, without a limit")
    if limit is not None:
        names = {"share": limit.share, "amount": money(limit.limit.amount, limit.limit.currency)}
        detail = gettext("%(share)d %% of %(amount)s") % names
    tone = "stop" if any(one.is_reached for one in spent) else ""
    yield Figure(gettext("Spent this month"), money(month, account_currency()), detail, reverse("usage"), tone)


def _spend_tasks(spent: list[Spent]) -> Iterator[Task]:
    """Limits that are past their first level."""
    for one in spent:
        if not one.level:
            continue
        names = {
            "spent": money(one.spent, one.limit.currency), "amount": money(one.limit.amount, one.limit.currency),
        }  # fmt: skip
        detail = "; ".join(
            part for part in (gettext("%(spent)s of %(amount)s") % names, limit_note(one, today_gmt())) if part
        )
        yield Task(limit_title(one), detail, reverse("usage"), gettext("See usage"), urgent=one.is_reached)


# --- What needs doing ---


def _tasks(rights: _Rights, report: DoctorReport | None) -> Iterator[Task]:
    yield from _doctor_tasks(report)
    if rights.mends_lines:
        yield from _line_tasks()
    if rights.sees_calls:
        yield from _call_tasks()
    if rights.mends_agents:
        yield from _team_tasks()


def _doctor_tasks(report: DoctorReport | None) -> Iterator[Task]:
    found = report.findings if report else []
    wrong = [one for one in found if one["state"] == State.FAILED and one["id"] not in _SAID_ELSEWHERE]
    if len(wrong) == 1:
        url = f"{reverse('doctor')}#finding-{wrong[0]['id']}"
        title = gettext("The Doctor found something wrong: %(title)s") % {"title": sentence(wrong[0]["title"])}
        yield Task(title, wrong[0]["seen"], url, gettext("See how"), urgent=True)
    elif wrong:
        title = ngettext(
            "The Doctor found %(count)d thing wrong", "The Doctor found %(count)d things wrong", len(wrong)
        ) % {"count": len(wrong)}
        names = ", ".join(sentence(one["title"]) for one in wrong)
        yield Task(title, names, reverse("doctor"), gettext("See how"), urgent=True)


def _line_tasks() -> Iterator[Task]:
    for line in lines_without_people():
        names = {"line": in_sentence(line.name), "team": in_sentence(line.team.name)}
        title = gettext("Nobody answers line %(line)s") % names
        if line.takes_voicemail:
            detail = gettext("Nobody in team %(team)s can take calls: every caller is asked for a message.") % names
        else:
            detail = gettext("Nobody in team %(team)s can take calls, and the line takes no voicemail.") % names
        url = reverse("admin:routing_line_change", args=[line.pk])
        yield Task(title, detail, url, gettext("Open the line"), urgent=not line.takes_voicemail)


def _call_tasks() -> Iterator[Task]:
    missed = missed_to_call_back(Call.objects.all()).count()
    if missed:
        title = ngettext(
            "%(count)d missed caller was not called back", "%(count)d missed callers were not called back", missed
        )
        url = _list_url("calls_call", todo="call-back")
        yield Task(title % {"count": missed}, gettext("Of the last seven days."), url, gettext("See calls"))
    unheard = voicemail_unheard(Call.objects.all()).count()
    if unheard:
        title = ngettext("%(count)d voicemail unheard", "%(count)d voicemails unheard", unheard)
        detail = ngettext("Nobody has listened to it here.", "Nobody has listened to them here.", unheard)
        yield Task(title % {"count": unheard}, detail, _list_url("calls_call", todo="unheard"), gettext("Listen"))


def _team_tasks() -> Iterator[Task]:
    agents = list(agents_in_no_team().only("pk", "username", "first_name", "last_name"))
    if len(agents) == 1:
        url = reverse("admin:agents_agent_change", args=[agents[0].pk])
        title = gettext("%(name)s is in no team") % {"name": agents[0]}
        yield Task(title, gettext("No line rings there."), url, gettext("Open the agent"))
    elif agents:
        only = {"teams__isnull": True, "is_active__exact": 1, "is_superuser__exact": 0, "may_receive_calls__exact": 1}
        # As `who_may_sign_in` has it.
        url = _list_url("agents_agent", **only, **({} if settings.SIMULATOR else {"is_demo__exact": 0}))
        title = ngettext("%(count)d agent is in no team", "%(count)d agents are in no team", len(agents)) % {
            "count": len(agents)
        }
        yield Task(title, gettext("No line rings there."), url, gettext("See agents"))


# --- The doctor ---


def _doctor_card(report: DoctorReport | None) -> DoctorCard:
    found = report.findings if report else []
    return DoctorCard(
        at=report.at if report else None,
        wrong=[one for one in found if one["state"] == State.FAILED],
        warnings=[one for one in found if one["state"] == State.WARNING],
        right=sum(one["state"] == State.OK for one in found),
    )
