"""A mobile app's whole life: a device's log-in instead of a session, Twilio's own SDK, and the real product."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.mobile.app import MobileApp, app_server
from tests.browser.stack import Stack, eventually
from tests.browser.test_calls import HUM, LOUD, ringing_at

# Seconds: the shortest that an app may ask for. The SDK says ten seconds before the end that it is near.
SHORT = 30
MINUTE = 60
LONG = 600


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("mobile")) as running:
        yield running


@pytest.fixture(scope="module")
def app_url(stack: Stack) -> Iterator[str]:
    with app_server(stack) as url:
        yield url


@pytest.fixture
def open_app(browser: Any, stack: Stack, app_url: str) -> Iterator[Any]:
    contexts = []

    def open_() -> MobileApp:
        context = browser.new_context()
        contexts.append(context)
        context.grant_permissions(["microphone"], origin=app_url)
        return MobileApp(context.new_page(), stack, app_url)

    yield open_
    for context in contexts:
        # A tab that is closed tells nobody: the app says good-bye.
        context.pages[0].evaluate("() => { socket?.close(); device?.destroy(); }")
        context.close()


def expect_sound_both_ways(app: MobileApp, stack: Stack, telephone: str) -> None:
    eventually(lambda: abs(app.hears()["hz"] - HUM) < 25, "the app hears the telephone's hum")
    eventually(lambda: stack.heard(telephone)["rms"] > LOUD, "the telephone hears the app's microphone")


def registrations(stack: Stack) -> int:
    """How many telephones of agents the simulator can ring."""
    found: int = stack.bench("GET", "/sim/health")["voice"]["registrations"]
    return found


def expiry(token: str) -> int:
    payload = token.split(".")[1]
    found: int = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["exp"]
    return found


@pytest.mark.parametrize("platform", ["ios", "android"])
def test_an_app_that_signed_in_receives_a_call_and_both_are_heard(open_app, stack, platform):
    app = open_app()
    signed_in = app.log_in("ada", platform)
    assert (signed_in["status"], signed_in["body"]["device"]["platform"]) == (200, platform)
    app.start(LONG)

    sid = stack.telephone_calls("+12025550142", voice=f"tone:{HUM}")
    live = app.expect("frame.call.incoming")["live"]
    assert live["call"]["party"]["name"] == "Maya Okonkwo"
    assert app.expect("incoming") == "+12025550142"
    app.answer()
    expect_sound_both_ways(app, stack, sid)
    app.hang_up()

    ended = app.expect("frame.call.ended")["call"]
    assert (ended["sid"], ended["result"], ended["agent"]["name"]) == (sid, "answered", "Ada Byron")
    assert app.read("document.cookie") == ""


def test_an_app_makes_a_call_and_both_are_heard(open_app, stack):
    stack.bench("PUT", "/sim/telephones/+12025550143", {"behaviour": "manual", "voice": f"tone:{HUM}"})
    app = open_app()
    app.log_in("ada", "android")
    app.start(LONG)

    app.dial("+12025550143")
    telephone = eventually(lambda: ringing_at(stack, "+12025550143"), "the telephone rings")
    stack.bench("POST", f"/sim/calls/{telephone['sid']}/answer")
    app.expect("accept")
    expect_sound_both_ways(app, stack, telephone["sid"])
    app.hang_up()

    ended = app.expect("frame.call.ended")["call"]
    assert (ended["called"], ended["result"], ended["incoming"]) == ("+12025550143", "reached", False)


@pytest.mark.waits
def test_an_app_renews_its_token_and_is_called_after_the_first_one_ended(open_app, stack):
    app = open_app()
    app.log_in("ada", "ios")
    app.start(MINUTE)
    first = app.read("tokens[0]")

    assert app.expect("renewed", seconds=90)["status"] == 200
    eventually(lambda: time.time() > expiry(first) + 1, "the first token is over", seconds=90)

    assert app.read("device.state") == "registered"
    assert "error" not in app.names()
    sid = stack.telephone_calls("+12025550142", voice=f"tone:{HUM}")
    app.answer()
    expect_sound_both_ways(app, stack, sid)
    assert expiry(app.read("device.token")) > expiry(first)
    app.hang_up()


def by_the_agent(app: MobileApp, other: MobileApp, stack: Stack) -> None:
    assert other.api("DELETE", f"/api/v1/auth/devices/{app.read('deviceId')}/")["status"] == 204


def by_an_admin(app: MobileApp, other: MobileApp, stack: Stack) -> None:
    stack.shell(_REVOKE.format(device_id=app.read("deviceId")))


_REVOKE = """
from django.contrib.auth import get_user_model
from django.test import Client
admin = Client(headers={{"host": "localhost"}})
admin.force_login(get_user_model().objects.get(username="admin"), backend="agents.backends.DeskBackend")
answer = admin.post("/admin/tokens/device/", {{"action": "revoke", "_selected_action": ["{device_id}"]}})
assert answer.status_code == 302, answer.status_code
"""


@pytest.mark.waits
@pytest.mark.parametrize("revoke", [by_the_agent, by_an_admin])
def test_a_revoked_app_is_cut_off_at_its_next_renewal(open_app, stack, revoke):
    app, other = open_app(), open_app()
    other.log_in("ada", "android")
    app.log_in("ada", "ios")
    app.start(SHORT)
    assert registrations(stack) == 1

    revoke(app, other, stack)

    assert app.expect("renewed", seconds=60) == {"status": 403, "code": "device_revoked"}
    assert app.expect("socket.closed") == 4401
    # The SDK's own number for what the signalling calls 31205: AccessTokenExpired.
    assert app.expect("error", seconds=60) == 20104
    assert registrations(stack) == 0
    sid = stack.telephone_calls("+12025550142", voice="silence")
    said = eventually(lambda: [item["text"] for item in stack.call(sid)["captions"]], "the caller is spoken to")
    assert any("leave a message" in text for text in said)
    assert stack.call(sid)["children"] == []
    assert "incoming" not in app.names()
