"""The route editor in Django admin: what it saves, refuses and keeps."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client

from routing.admin.editor_words import editor_words
from routing.models import Route, RouteVersion
from routing.steps import KINDS
from tests import factories
from tests.packages import ROOT
from tests.routing.plans import box, document, step, text

pytestmark = pytest.mark.django_db
ADD = "/admin/routing/route/add/"


@pytest.fixture
def root():
    return factories.make_agent("root", is_staff=True, is_superuser=True)


@pytest.fixture
def admin(root) -> Client:
    client = Client()
    client.force_login(root)
    return client


def sent(client: Client, path: str, *steps: dict[str, Any], name: str = "Daytime", based_on: int = 0):
    body = {"name": name, "based_on": based_on, "document": document(*steps)}
    return client.post(path, json.dumps(body), "application/json", secure=True)


def hello(following: str = "box", words: str = "Welcome.") -> dict[str, Any]:
    return step("hello", "announcement", name="Greeting", prompt=text(words), next=following)


@pytest.fixture
def route(admin, team) -> Route:
    answer = sent(admin, ADD, hello(), box(team=team.pk))
    assert answer.status_code == 200, answer.content
    return Route.objects.get()


def change(route: Route) -> str:
    return f"/admin/routing/route/{route.pk}/change/"


def test_a_new_route_is_saved_as_version_one_and_in_force(admin, root, route, team):
    assert route.current is not None
    assert (route.current.number, route.current.saved_by) == (1, root)
    assert [each["id"] for each in route.current.steps["steps"]] == ["hello", "box"]


def test_each_save_is_a_version_more_and_the_one_before_stays(admin, route, team):
    before = route.current.steps

    answer = sent(admin, change(route), hello(words="Hello."), box(team=team.pk), based_on=1)

    assert answer.json()["number"] == 2
    assert [(each.number, each.steps == before) for each in route.versions.order_by("number")] == [
        (1, True),
        (2, False),
    ]
    route.refresh_from_db()
    assert route.current.number == 2


def test_a_route_that_ends_in_silence_is_refused_with_step_field_and_what_to_do(admin, route, team):
    answer = sent(admin, change(route), hello(""), box(team=team.pk), based_on=1)

    assert answer.status_code == 422
    refusal, warning = answer.json()["findings"]
    assert (refusal["step"], refusal["number"], refusal["field"]) == ("hello", 1, "next")
    assert (refusal["send_to"], refusal["is_refusal"], warning["is_refusal"]) == ("box", True, False)
    assert refusal["todo"] == "Choose a next step for “then”, for instance 2 Sales box."
    assert route.versions.count() == 1


def test_who_changed_a_version_that_is_not_the_newest_any_more_is_told_whose_it_is(admin, route, team):
    assert sent(admin, change(route), hello(words="One."), box(team=team.pk), based_on=1).status_code == 200

    answer = sent(admin, change(route), hello(words="Two."), box(team=team.pk), based_on=1)

    assert answer.status_code == 409
    assert answer.json()["text"].startswith("Root saved version 2 meanwhile.")
    assert "version 2" in admin.get(answer.json()["see"], secure=True).content.decode().lower()
    assert route.versions.count() == 2


@pytest.mark.parametrize("path", ["add", "change"])
def test_a_save_of_which_only_the_answer_was_lost_is_answered_when_it_is_repeated(admin, route, team, path):
    where, based_on = (ADD, 0) if path == "add" else (change(route), 1)
    # Not as it is kept: what was saved is read as this is.
    steps, name = (hello(words="  Hello. "), box(team=team.pk)), "At night" if path == "add" else "Daytime"
    first = sent(admin, where, *steps, name=name, based_on=based_on)
    versions, entries = RouteVersion.objects.count(), LogEntry.objects.count()

    again = sent(admin, where, *steps, name=name, based_on=based_on)

    assert (again.status_code, again.json()) == (200, first.json())
    assert (RouteVersion.objects.count(), LogEntry.objects.count()) == (versions, entries)


def test_the_same_steps_are_not_taken_for_a_repeated_save_by_somebody_else_or_once_there_is_a_newer_one(
    admin, route, team
):
    other = Client()
    other.force_login(factories.make_agent("other", is_staff=True, is_superuser=True))
    both = hello(words="One."), box(team=team.pk)
    assert sent(admin, change(route), *both, based_on=1).status_code == 200

    assert sent(other, change(route), *both, based_on=1).status_code == 409
    assert sent(other, ADD, hello(), box(team=team.pk)).status_code == 422
    assert sent(other, change(route), hello(words="Two."), box(team=team.pk), based_on=2).status_code == 200
    assert sent(admin, change(route), *both, based_on=1).status_code == 409


def test_a_route_does_not_take_the_name_of_another_with_the_same_steps(admin, route, team):
    steps = hello(words="One."), box(team=team.pk)
    assert sent(admin, ADD, hello(), box(team=team.pk), name="Second").status_code == 200
    assert sent(admin, change(route), *steps, based_on=1).status_code == 200

    answer = sent(admin, change(Route.objects.get(name="Second")), *steps, based_on=1)

    assert (answer.status_code, answer.json()["text"]) == (422, "There is a route of this name already.")


def test_two_routes_do_not_have_one_name(admin, route, team):
    answer = sent(admin, ADD, box(team=team.pk))

    assert (answer.status_code, answer.json()["text"]) == (422, "There is a route of this name already.")
    assert Route.objects.count() == 1


@pytest.mark.parametrize(
    "body", ["", "[", "[]", '{"name": "x"}', '{"name": 3, "document": 4}', "[" * 9999, '{"name": "\\u0000"}']
)
def test_what_is_no_route_is_refused(admin, body):
    assert admin.post(ADD, body, "application/json", secure=True).status_code == 422
    assert not Route.objects.exists()


def test_whoever_may_only_look_sees_the_route_and_saves_nothing(admin, route, team):
    from django.contrib.auth.models import Permission

    reader = factories.make_agent("reader", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_route"))
    client = Client()
    client.force_login(reader)

    page = client.get(change(route), secure=True)
    assert '"may_change": false' in page.content.decode()
    answer = sent(client, change(route), box(team=team.pk), based_on=1)
    assert (answer.status_code, answer.json()["text"]) == (403, "You may not change routes. Ask your admin.")
    client.force_login(factories.make_agent("nobody", is_staff=True))
    assert client.get(change(route), secure=True).status_code == 403


def test_a_save_without_a_session_or_its_token_is_answered_by_no_json(route, team):
    """By this the editor knows that its user is signed out (`saving.ts`)."""
    led = sent(Client(), change(route), box(team=team.pk), based_on=1)
    assert (led.status_code, led["Location"].partition("?")[0]) == (302, "/admin/login/")
    refused = sent(Client(enforce_csrf_checks=True), change(route), box(team=team.pk), based_on=1)
    assert (refused.status_code, refused["Content-Type"]) == (403, "text/html; charset=utf-8")


def test_the_history_says_in_words_what_changed_and_brings_a_version_back(admin, route, team):
    assert sent(admin, change(route), hello(words="Closed."), box(team=team.pk), based_on=1).status_code == 200
    versions = f"/admin/routing/route/{route.pk}/versions/"

    page = admin.get(versions, secure=True).content.decode()
    assert "Greeting, what the caller hears: “Closed.” in place of “Welcome.”." in page

    page = admin.post(versions, {"number": "1"}, secure=True, follow=True).content.decode()
    assert "Version 1 is in force again, as version 3." in page
    route.refresh_from_db()
    assert route.current.steps == route.versions.get(number=1).steps
    assert (route.current.number, route.current.brought_back) == (3, 1)


def test_the_history_names_what_steps_refer_to_and_shows_all_of_each_version(admin, route, team):
    """No ids, and none of the words in which choices are stored."""
    sales, gone = factories.make_team("Sales"), factories.make_team("Gone")
    long = "Welcome. " * 20 + "End."
    steps = hello("team", long), step("team", "team", team=sales.pk, waited="box", nobody="box", skill="box")
    assert sent(admin, change(route), *steps, box(team=team.pk), based_on=1).status_code == 200
    steps = (
        hello("team"),
        step("team", "team", team=gone.pk, waited="box", nobody="box", strategy="in-turn", call_back=True),
    )
    assert sent(admin, change(route), *steps, box(team=team.pk), based_on=2).status_code == 200
    gone.delete()

    page = admin.get(f"/admin/routing/route/{route.pk}/versions/", secure=True).content.decode()
    page = " ".join(re.sub("<[^>]+>", " ", page).split())

    assert "team: one that is gone in place of Sales." in page
    assert "ring: In turn in place of The longest idle first." in page
    assert "offer of a call-back: yes in place of no." in page
    assert "skill: – in place of box." in page
    version = page.partition("Version 2")[2].partition("Version 1")[0]
    assert "All of it: 3 steps 1 Greeting" in version
    assert "team: Sales" in version
    assert "after waiting: 3 Sales box" in version
    assert "skill: box" in version
    # What is set for a call-back that is not offered, it says nothing of.
    assert "tries to call back" not in version
    assert f"what the caller hears: “{long}”" in version


def test_a_version_that_would_end_in_silence_today_is_not_brought_back(admin, route, team):
    other = factories.make_team("Sales")
    assert sent(admin, change(route), hello(), box(team=other.pk), based_on=1).status_code == 200
    team.delete()

    page = admin.post(f"/admin/routing/route/{route.pk}/versions/", {"number": "1"}, secure=True, follow=True)

    assert "Not brought back. Sales box: No team is told of the messages." in page.content.decode()
    assert route.versions.count() == 2


@pytest.mark.parametrize("number", ["9", "0", "-1", "x", "9" * 30, ""])
def test_a_version_that_never_was_is_not_brought_back(admin, route, number):
    assert admin.post(f"/admin/routing/route/{route.pk}/versions/", {"number": number}, secure=True).status_code == 404


def test_a_route_that_another_leads_to_is_not_deleted_without_it(admin, route):
    assert sent(admin, ADD, hello("other"), step("other", "route", route=route.pk), name="Other").status_code == 200
    other = Route.objects.get(name="Other")

    admin.post(f"/admin/routing/route/{route.pk}/delete/", {"post": "yes"}, secure=True)
    assert Route.objects.filter(pk=route.pk).exists(), "callers on the other would end there"

    both = {"action": "delete_selected", "_selected_action": [route.pk, other.pk], "post": "yes"}
    admin.post("/admin/routing/route/", both, secure=True)
    assert not Route.objects.exists()


def test_a_route_that_a_line_uses_is_not_deleted(admin, route, line):
    line.route = route
    line.save()

    admin.post(f"/admin/routing/route/{route.pk}/delete/", {"post": "yes"}, secure=True)

    assert Route.objects.filter(pk=route.pk).exists()


def test_a_route_that_no_line_uses_goes_with_its_versions(admin, route):
    admin.post(f"/admin/routing/route/{route.pk}/delete/", {"post": "yes"}, secure=True)

    assert not Route.objects.exists()


def test_a_version_that_nobody_is_known_to_have_saved_says_so(admin, route):
    RouteVersion.objects.update(saved_by=None)

    page = admin.get(f"/admin/routing/route/{route.pk}/change/", secure=True)

    assert page.context["editor"]["saved"]["by"] == "–"


def test_the_explainer_tells_of_a_saved_and_of_an_unsaved_route(admin, route, line, team):
    line.route = route
    line.save()
    explain = "/admin/routing/route/explain/"

    page = admin.get(explain, {"line": line.pk, "caller": "202 555 0142"}, secure=True).content.decode()
    assert "has the route “Daytime”, version 1" in page
    assert "Step 1, Greeting: is heard" in page

    draft = json.dumps(document(box(name="Only a box", team=team.pk)))
    page = admin.post(explain, {"line": line.pk, "document": draft, "name": "Daytime"}, secure=True).content.decode()
    assert "Step 1, Only a box: a message is taken" in page


def test_whoever_may_look_at_lines_in_admin_asks_about_all_and_others_are_told_that_there_is_none(route, line):
    clerk = factories.make_agent("clerk", is_staff=True)
    client = Client()

    def page(*rights: str) -> str:
        clerk.user_permissions.set(Permission.objects.filter(codename__in=rights))
        client.force_login(clerk)
        return client.get("/admin/routing/route/explain/", secure=True).content.decode()

    assert f'<option value="{line.pk}">' in page("view_route", "view_line")
    bare = page("view_route")
    assert "There is no line that you may ask about." in bare
    assert 'class="rt-ask"' not in bare


@pytest.mark.parametrize(
    "asked", [{"line": "x"}, {"line": "1", "at": "soon"}, {"line": "9" * 40}, {"line": "1", "keys": "x"}]
)
def test_what_cannot_be_explained_is_said_at_its_field(admin, line, asked):
    answer = admin.get("/admin/routing/route/explain/", asked, secure=True)

    assert answer.status_code == 200
    assert 'class="rt-why"' in answer.content.decode()


# --- The page's script and this side of it ---

_SCRIPT = ROOT / "frontend/src/admin/routes"


def _scripts() -> str:
    return "\n".join(path.read_text() for path in Path(_SCRIPT).glob("*.ts*") if ".test." not in path.name)


def test_the_script_has_a_word_for_all_that_it_says():
    words = editor_words()

    asked = set(re.findall(r'words\["([a-z_-]+)"\]', _scripts()))
    assert asked
    assert asked - set(words) == set()


def test_no_word_is_left_that_nobody_asks_for():
    made = ("kind_", "arrow_", "field_", "strategy_", "first_", "call_back_closed_")
    own = {f"{kind}_{name}" for kind, made_of in KINDS.items() for name in made_of.__dataclass_fields__}
    asked = set(re.findall(r'words\["([a-z_-]+)"\]', _scripts())) | own

    assert {name for name in editor_words() if not name.startswith(made)} - asked == set()


def test_the_script_knows_every_kind_and_every_field_of_it():
    model = (_SCRIPT / "model.ts").read_text()

    for kind, made_of in KINDS.items():
        assert re.search(rf"^  {kind}: ", model, re.M), kind
        for name in {each.name for each in fields(made_of)} - {"id", "name"}:
            assert f'field: "{name}"' in model, f"{kind}.{name}"


@pytest.mark.parametrize("unfit", ["\u0000", "\ud800"])
def test_nothing_of_a_route_is_kept_that_a_database_refuses(admin, team, unfit):
    key = {"digit": "1", "meaning": f"Sales{unfit}", "words": [f"sales{unfit}"], "next": "box", "more": unfit}
    menu = step(
        "menu", "menu", name=f"Menu{unfit}", prompt=text(f"Press{unfit}1."), keys=[key], no_input="box",
        wrong_input="box", more={unfit: float("nan")},
    )  # fmt: skip

    answer = sent(admin, ADD, menu, box(team=team.pk, name=f"Box{unfit}"), name=f"Day{unfit}time")

    assert answer.status_code == 200, answer.content
    kept = Route.objects.get()
    told = str([kept.name, kept.current.steps])
    assert "Sales" in told
    assert unfit not in told
    assert unfit.encode("unicode_escape").decode() not in told
    assert "more" not in told
