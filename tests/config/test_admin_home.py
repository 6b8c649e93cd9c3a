"""The admin's home page: what an admin comes for, only what the viewer may see, and always in as many queries."""

from __future__ import annotations

import re
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from django.utils.formats import date_format

from agents.models import Agent
from calls.models import Call, Recording
from config.doctor import last
from tests import factories
from tests.config.admin_pages import FINE, link, page, rows, words
from tests.twilio import sid

pytestmark = pytest.mark.django_db


def test_todays_calls_are_counted_by_result_and_each_count_leads_to_its_calls(admin):
    now = timezone.now()
    for number, result in enumerate(["answered", "answered", "missed", "voicemail", ""]):
        factories.make_call(number, result=result, start_time=now)
    factories.make_call(8, result="reached", caller="client:agent_1", called="+12025550177", start_time=now)
    factories.make_call(9, result="missed", start_time=now - timedelta(days=1, minutes=1))

    html = page(admin)

    assert "Calls today 6 5 in, 1 out Answered 2 50 % of incoming Missed 1 25 % of incoming" in words(html)
    assert "Today by result Not over yet 1 Answered 2 Missed 1 Voicemail 1 Reached 1" in words(html)
    assert rows(admin, link(html, "Calls today")) == 6
    for text, count in (("Answered", 2), ("Missed", 1), ("Voicemail", 1), ("Reached", 1), ("Not over yet", 1)):
        assert rows(admin, link(html, text)) == count, text


def test_a_day_without_calls_says_so(admin):
    assert "No calls yet today." in words(page(admin))


def test_it_says_who_is_reachable_and_who_is_on_a_call(admin, line):
    ada = factories.make_agent("ada", team=line.team, reachable=True)
    busy = factories.make_agent("grace", team=line.team, reachable=True, availability="busy")
    factories.make_agent("hedy", team=line.team)
    root = factories.make_call(1, status="in-progress", start_time=timezone.now())
    factories.make_call(2, parent=root, agent=ada, status="in-progress", start_time=timezone.now())

    html = page(admin)

    assert "Who is reachable 1 of 3 Ada On a call Grace Busy All agents" in words(html)
    assert "Agents reachable 1 of 3 0 free, 1 on a call" in words(html)
    assert link(html, "Grace") == f"/admin/agents/agent/{busy.pk}/change/"


def test_to_look_at_it_keeps_no_desk_from_being_told(admin, line):
    """What desks were told last is noted, so that it is not told twice: a look is not telling."""
    factories.make_agent("ada", team=line.team, reachable=True)

    with patch("calls.live.presence.last_told", {}) as told:
        page(admin)

    assert told == {}


def test_nothing_needs_doing_on_a_good_day(admin, line):
    factories.make_agent("ada", team=line.team)

    assert "Needs doing Nothing needs doing." in words(page(admin))


@pytest.mark.parametrize(("takes_voicemail", "urgent"), [(True, False), (False, True)])
def test_a_line_that_nobody_answers_leads_to_its_form(admin, takes_voicemail, urgent):
    line = factories.make_line(takes_voicemail=takes_voicemail)

    html = page(admin)

    assert "Nobody answers line Support" in words(html)
    assert link(html, "Open the line") == f"/admin/routing/line/{line.pk}/change/"
    assert ("At once: Nobody answers" in words(html)) is urgent


def test_agents_in_no_team_lead_to_them(admin, line):
    factories.make_agent("hedy", team=line.team)
    ada = factories.make_agent("ada")
    html = page(admin)
    assert "Ada is in no team" in words(html)
    assert link(html, "Open the agent") == f"/admin/agents/agent/{ada.pk}/change/"

    factories.make_agent("grace")
    html = page(admin)
    assert "2 agents are in no team" in words(html)
    listed = page(admin, link(html, "See agents"))
    assert len(re.findall(r'class="field-username', listed)) == 2


@pytest.mark.parametrize("simulator", [True, False])
def test_agents_of_the_demo_count_with_the_simulator_only(admin, line, settings, simulator):
    settings.SIMULATOR = simulator
    demo = factories.make_agent("ada", team=line.team)
    for name in ("grace", "hedy", "mary"):
        factories.make_agent(name)
    Agent.objects.filter(pk=demo.pk).update(is_demo=True)
    Agent.objects.filter(username="mary").update(is_demo=True)
    html = page(admin)

    assert ("Nobody answers line Support" in words(html)) is not simulator
    assert f"{3 if simulator else 2} agents are in no team" in words(html)
    listed = page(admin, link(html, "See agents"))
    assert len(re.findall(r'class="field-username', listed)) == (3 if simulator else 2)


def test_missed_callers_and_unheard_voicemail_lead_to_exactly_these_calls(admin):
    factories.make_call(1, result="missed", start_time=timezone.now())
    factories.make_call(2, result="missed", start_time=timezone.now(), caller="anonymous")
    call = factories.make_call(3, result="voicemail", caller="+12025550177", start_time=timezone.now())
    Recording.objects.create(sid="RE1", call=call, status="completed")
    html = page(admin)

    assert "1 missed caller was not called back" in words(html)
    assert "1 voicemail unheard" in words(html)
    assert rows(admin, link(html, "See calls")) == rows(admin, link(html, "Listen")) == 1


def test_what_is_urgent_comes_first_and_the_rest_is_folded(admin):
    for number in range(7):
        team = factories.make_team(f"Team {number}")
        factories.make_line(
            team=team, name=f"Line {number}", number=f"+1202555010{number}", takes_voicemail=number != 6
        )
    html = page(admin)

    assert "Needs doing At once: Nobody answers line Line 6" in words(html)
    folded = html[html.index("<details") : html.index("</details>")]
    assert "1 more" in folded
    assert "Line 5" in folded


def test_the_home_page_is_german_to_the_last_word(boss, admin, line):
    boss.language = "de"
    boss.save()
    factories.make_agent("ada", team=line.team, reachable=True)
    factories.make_agent("grace")
    factories.make_line(team=factories.make_team("Sales"), number="+12025550177", name="Vertrieb")
    factories.make_call(1, result="missed", start_time=timezone.now())
    call = factories.make_call(2, result="voicemail", caller="+12025550178", start_time=timezone.now())
    Recording.objects.create(sid="RE1", call=call, status="completed", duration=5)
    text = words(page(admin))

    expected = (
        "Anrufe heute 2 2 eingehend, 0 abgehend",
        "Erreichbare Agenten 1 von 1 1 frei, 0 im Gespräch",
        "50 % der eingehenden",
        "Niemand nimmt Anrufe auf der Leitung Vertrieb an",
        "Anrufe ansehen",
        "Anhören",
    )
    assert [part for part in expected if part not in text] == [], text


def test_dates_are_written_as_german_writes_them(boss, admin):
    boss.language = "de"
    boss.save()
    last.keep([FINE])
    text, now = words(page(admin)), timezone.localtime()

    with translation.override("de"):
        assert date_format(now, "l, j. F,") in text
        assert f"geprüft {date_format(now, 'j. F')}, " in text


def fill(number: int) -> None:
    team = factories.make_team(f"Team {number}")
    agent = factories.make_agent(f"agent{number}", team=team, reachable=True)
    factories.make_agent(f"loose{number}")
    factories.make_line(team=factories.make_team(f"Empty {number}"), number=f"+1202555020{number}")
    values = {"caller": f"+1202555030{number}", "agent": agent, "start_time": timezone.now()}
    Call.objects.create(sid=sid("CA", 100 + number), result="missed", **values)
    voicemail = Call.objects.create(sid=sid("CA", 200 + number), result="voicemail", **values)
    Recording.objects.create(sid=f"RE{number}", call=voicemail)


def test_it_asks_no_more_of_the_database_when_there_is_more(admin, django_assert_max_num_queries):
    fill(0)
    fill(1)
    page(admin)
    with django_assert_max_num_queries(15) as few:
        page(admin)
    for number in range(2, 10):
        fill(number)
    with CaptureQueriesContext(connection) as many:
        page(admin)

    assert len(many) == len(few)
