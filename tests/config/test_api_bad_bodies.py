"""Bodies that no program would send on purpose are refused, wherever the API reads one."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import Client

from config.server.handler import MAX_BODY, OneHopHandler
from routing.sounds import MOST_BYTES
from tests.api import World, make_world, twilio_that_agrees

JSON_BODIES = ["/api/v1/auth/login/", "/api/v1/tokens/voice/", "/api/v1/contacts/", "/api/v1/contacts/import/"]
FORMS = JSON_BODIES[:2]


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def send(world: World, url: str, body: str, kind: str = "application/json"):
    return Client(headers=world.headers["supervisor"]).post(url, body, content_type=kind, secure=True)


@pytest.mark.parametrize("url", JSON_BODIES)
@pytest.mark.parametrize("body", ["[" * 100_000, '{"a":' * 100_000, "NaN", "{"])
def test_what_is_no_json_is_said_to_be_none(world, url, body):
    answer = send(world, url, body)

    assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")


@pytest.mark.parametrize("url", JSON_BODIES)
def test_half_a_character_is_refused_or_reported(world, url):
    answer = send(world, url, r'{"platform": "\ud800", "name": "\ud800", "username": "\ud800"}')

    assert answer.status_code == 400
    assert answer.json()["code"] == "validation"


@pytest.mark.parametrize(
    ("url", "kind"),
    [(url, "application/json") for url in JSON_BODIES] + [(url, "application/x-www-form-urlencoded") for url in FORMS],
)
def test_a_body_that_is_too_large_is_said_to_be_that(world, url, kind):
    answer = send(world, url, "a=" + "x" * 5_000_000, kind)

    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_a_number_that_is_left_out_of_a_change_is_asked_for(world):
    url = f"/api/v1/contacts/{world.ids['id']}/"

    answer = Client(headers=world.headers["agent"]).patch(
        url, {"numbers": [{"label": "Office"}]}, content_type="application/json", secure=True
    )

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "#/numbers/0/number"


@pytest.mark.parametrize("url", ["/api/v1/contacts/", "/api/v1/calls/"])
def test_a_cursor_that_nobody_gave_is_refused(world, url):
    answer = Client(headers=world.headers["agent"]).get(url, {"cursor": "nonsense"}, secure=True)

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "cursor")


@pytest.mark.parametrize(("recording", "status"), [("known", 200), ("unknown", 404)])
def test_a_player_may_accept_nothing_but_sound(world, recording, status):
    sid = world.ids["recording_sid"] if recording == "known" else "RE0"
    url = f"/api/v1/calls/{world.ids['sid']}/recordings/{sid}/"

    with twilio_that_agrees():
        answer = Client(headers=world.headers["agent"]).get(url, headers={"Accept": "audio/*"}, secure=True)

    assert answer.status_code == status
    assert answer["Content-Type"] == ("audio/mpeg" if status == 200 else "application/problem+json")


@pytest.mark.parametrize(("language", "said"), [("de", "zu gro"), ("en", "too large"), ("\xff", "too large")])
@pytest.mark.parametrize(
    ("path", "kind"),
    [("/api/v1/contacts/", "application/problem+json"), ("/admin/routing/greeting/add/", "text/html; charset=utf-8")],
)
def test_a_body_that_no_server_should_hold_is_refused_in_the_words_of_its_place_and_reader(path, kind, language, said):
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"x" * (MAX_BODY + 1)}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    headers = [(b"accept-language", language.encode("latin1"))]
    async_to_sync(OneHopHandler())({"type": "http", "path": path, "headers": headers}, receive, send)

    assert sent[0]["status"] == 413
    assert dict(sent[0]["headers"])[b"Content-Type"].decode() == kind
    assert said in sent[1]["body"].decode()
    if path.startswith("/admin/"):
        # A page that whoever filled in the form can read, with a way back to it.
        assert f'href="{path}"' in sent[1]["body"].decode()


def test_the_largest_sound_that_a_form_takes_comes_as_far_as_the_form():
    assert MAX_BODY > MOST_BYTES + 2**20
