"""The admin's home page: what an admin comes for, only what the viewer may see, and always in as many queries."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from unittest.mock import patch

import pytest
from django.contrib import admin as django_admin
from django.contrib.auth.models import Permission
from django.db import OperationalError, connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from django.utils.formats import date_format

from agents.models import Agent
from calls.models import Call, Recording
from config.doctor import last, views
from config.models import DoctorReport
from core.languages import kept
from telephony.doctor.findings import Check, Finding, State
from telephony.doctor.runner import run
from tests import factories
from tests.twilio import sid

pytestmark = pytest.mark.django_db
FINE = Finding("fine", "Fine thing", State.OK, "It is.")
BAD = Finding("bad", "Bad thing", State.FAILED, "It is not.", "Mend it.", (("voice_url", "https://a", "https://b"),))
DOUBTFUL = Finding("doubtful", "Doubtful thing", State.WARNING, "It may be.", "Look.")


@pytest.fixture
def boss():
    return factories.make_agent("boss", is_staff=True, is_superuser=True)


@pytest.fixture
def admin(boss) -> Client:
    client = Client()
    client.force_login(boss)
    return client


def staff(*rights: str) -> Client:
    agent = factories.make_agent("staff", is_staff=True, may_receive_calls=False)
    agent.user_permissions.set(Permission.objects.filter(codename__in=rights))
    client = Client()
    client.force_login(agent)
    return client


def page(client: Client, path: str = "/admin/") -> str:
    response = client.get(path, secure=True)
    assert response.status_code == 200
    return unescape(response.content.decode())


def words(html: str) -> str:
    """What the page's middle says, without its marks."""
    middle = html[html.index('<main id="content-start"') : html.index("</main>")]
    return " ".join(re.sub(r"<[^>]*>", " ", middle).split())


def link(html: str, text: str) -> str:
    """Where the link leads whose text begins like this."""
    for address, inside in re.findall(r'<a [^>]*?href="([^"]*)"[^>]*>(.*?)</a>', html, re.DOTALL):
        if " ".join(re.sub(r"<[^>]*>", " ", inside).split()).startswith(text):
            return address
    raise AssertionError(f"no link says {text}")


def rows(client: Client, path: str) -> int:
    return len(re.findall(r'class="field-began', page(client, path)))


# --- Calls ---


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


# --- People ---


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


# --- The doctor ---


def test_home_shows_what_the_doctor_found_last_and_when_and_looks_at_nothing_itself(admin):
    with patch.object(views, "examine", autospec=True, return_value=[FINE, BAD, DOUBTFUL]) as examine:
        assert "The Doctor has not looked yet." in words(page(admin))
        assert examine.call_count == 0
        page(admin, "/admin/doctor/")
        text = words(page(admin))

        assert examine.call_count == 1
    assert "1 wrong 1 warning Check again Bad thing It is not. Doubtful thing It may be." in text
    assert f"1 check was right. Checked {timezone.localtime():%-d %B}" in text
    assert "The Doctor found something wrong: Bad thing" in text


def test_when_all_is_well_the_doctor_says_so(admin):
    last.keep([FINE])

    assert "Everything is as it should be, checked" in words(page(admin))


def test_no_address_is_kept_of_what_the_doctor_found():
    last.keep([BAD])

    assert "https://" not in str(DoctorReport.objects.get().findings)


def test_the_doctor_looks_on_where_nothing_can_be_kept(admin):
    with (
        patch.object(DoctorReport.objects, "update_or_create", autospec=True, side_effect=OperationalError),
        patch.object(views, "examine", autospec=True, return_value=[FINE]),
    ):
        assert "All is well." in page(admin, "/admin/doctor/")


@pytest.mark.parametrize(("looked", "reads"), [("de", "en"), ("en", "de")])
def test_the_doctors_findings_are_said_in_the_viewers_language_whoever_looked(boss, admin, looked, reads):
    off = Check("simulator", kept("Simulator"), lambda check: check.warning(kept("It is off."), ""))
    broken = Check("numbers", kept("Numbers"), lambda check: check.failed(str(1 / 0), ""))
    with translation.override(looked):
        last.keep(run([off, broken]))
    boss.language = reads
    boss.save()
    text = words(page(admin))

    expected = {
        "en": ("Simulator It is off.", "wrong: Numbers", "The check broke off: ZeroDivisionError."),
        "de": ("Simulator Er ist ausgeschaltet.", "Nummern", "Die Prüfung brach ab: ZeroDivisionError."),
    }
    assert [part for part in expected[reads] if part not in text] == [], text


def test_the_doctors_page_is_german_for_whoever_reads_german(boss, admin):
    boss.language = "de"
    boss.save()
    check = Check(
        "lines", kept("Lines"), lambda check: check.failed(kept("There is no line yet."), kept("See the log."))
    )
    with patch("config.doctor.checks.CHECKS", (check,)):
        text = words(page(admin, "/admin/doctor/"))

    assert "Leitungen fehlgeschlagen Es gibt noch keine Leitung. Sehen Sie im Protokoll nach." in text


# --- What needs doing ---


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


# --- Who sees what ---


def test_staff_without_rights_see_nothing_of_it(line):
    factories.make_call(1, result="missed", start_time=timezone.now())
    factories.make_agent("ada")
    last.keep([BAD])

    assert words(page(staff())) == "Admin All pages You don’t have permission to view or edit anything."


def test_each_part_is_for_whoever_may_see_what_it_is_made_of(line):
    factories.make_call(1, result="missed", start_time=timezone.now())
    factories.make_agent("ada")
    last.keep([BAD])

    text = words(page(staff("view_call")))

    assert "Calls today 1" in text
    assert "1 missed caller" in text
    for hidden in ("Ada", "Who is reachable", "Agents reachable", "Doctor", "Nobody answers line"):
        assert hidden not in text, hidden


def test_who_may_see_agents_only_sees_no_calls(line):
    factories.make_call(1, result="missed", start_time=timezone.now())
    factories.make_agent("ada", team=line.team, reachable=True)

    text = words(page(staff("view_agent")))

    assert "Who is reachable 1 of 1 Ada Available" in text
    for hidden in ("Calls today", "Missed", "missed", "Needs doing", "Doctor"):
        assert hidden not in text, hidden


def test_who_may_change_lines_is_told_of_lines_and_of_no_calls(line):
    factories.make_call(1, result="missed", start_time=timezone.now())

    text = words(page(staff("change_line")))

    assert "Nobody answers line Support" in text
    assert "missed caller" not in text


# --- In German ---


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


# --- Its cost ---


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


# --- The menu ---


def test_everything_that_admin_knows_is_in_the_menu_once(boss):
    request = RequestFactory().get("/admin/")
    request.user = boss

    listed = [
        model["model"]
        for group in django_admin.site.get_app_list(request)
        for model in group["models"]
        if "model" in model
    ]

    assert sorted(map(str, listed)) == sorted(map(str, django_admin.site._registry))


def test_the_menu_is_grouped_for_people_and_names_lists_as_their_pages_do(admin):
    html = page(admin, "/admin/messaging/messagewebhook/")

    menu = re.findall(r'class="section"[^>]*>([^<]*)<', html)
    assert menu == [
        "Calls", "Routing", "Outgoing", "People", "Contacts", "Phones", "Texts", "Usage", "Flight recorder", "Privacy",
        "System",
    ]  # fmt: skip
    assert "<h1>Texts nobody answered</h1>" in html


def test_a_model_of_no_group_stays_in_the_menu(boss):
    request = RequestFactory().get("/admin/")
    request.user = boss

    with patch("config.admin.site._GROUPS", ()):
        names = [group["name"] for group in django_admin.site.get_app_list(request)]

    assert "Calls" in names
    assert "Flight recorder" in names
