"""A queue as callers hear it and desks show it: the real SDK in Chromium, the real simulator."""

from __future__ import annotations

import base64
import json
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import Browser, expect

from tests.browser.desk import DeskPage
from tests.browser.notifications import Notifications
from tests.browser.stack import Stack, eventually
from tests.browser.test_calls import expect_sound_both_ways
from tests.browser.test_reachability import renderers
from tests.chromium import launch

HUM = 650
CALLERS = ("+12025550142", "+12025550143", "+12025550144", "+442079460018")
_SET_UP = """
from agents.models import Agent
from routing.models import Line, Route, RouteVersion
line = Line.objects.get(number="+12025550100")
line.team.agents.set(Agent.objects.filter(username__in=("ada", "grace", "hedy")))
steps = [
    {"id": "team", "kind": "team", "team": line.team_id, "strategy": "STRATEGY", "ring_seconds": 20,
     "wait_seconds": 120, "waited": "box", "nobody": "box"},
    {"id": "box", "kind": "voicemail"},
]
route, _ = Route.objects.get_or_create(name="Queue of the tests")
number = route.versions.count() + 1
route.current = RouteVersion.objects.create(route=route, number=number, steps={"first": "team", "steps": steps})
route.save()
line.route = route
line.save()
"""
_TAKE_DOWN = """
from agents.models import Agent
from routing.models import Line
line = Line.objects.get(number="+12025550100")
line.route = None
line.save()
line.team.agents.set(Agent.objects.filter(username__in=MEMBERS))
"""
_MEMBERS = """
import json
from routing.models import Line
team = Line.objects.get(number="+12025550100").team
print(json.dumps(list(team.agents.values_list("username", flat=True))))
"""


@contextmanager
def queue(stack: Stack, strategy: str) -> Iterator[None]:
    """The Support line has a route whose team is Ada, Grace and Hedy."""
    members = json.loads(stack.shell(_MEMBERS).strip().splitlines()[-1])
    stack.shell(_SET_UP.replace("STRATEGY", strategy))
    try:
        yield
    finally:
        stack.end_all_calls()
        stack.shell(_TAKE_DOWN.replace("MEMBERS", repr(members)))


def opened(open_desk: Any, *names: str) -> list[DeskPage]:
    desks = [open_desk(name) for name in names]
    for desk in desks:
        desk.expect_reachable()
    return desks


def who_rings(desks: list[DeskPage]) -> DeskPage | None:
    ringing = [desk for desk in desks if "Incoming call" in desk.call_area.inner_text()]
    assert len(ringing) <= 1, "two phones ring for one caller"
    return ringing[0] if ringing else None


def talk_for_a_moment(desk: DeskPage) -> None:
    desk.answer()
    expect(desk.call_area).to_contain_text("On a call")
    desk.hang_up()
    desk.expect_idle()


def test_the_fourth_of_four_callers_waits_for_three_agents_and_gets_who_is_free_first(open_desk, stack: Stack):
    desks = opened(open_desk, "ada", "grace", "hedy")
    with queue(stack, "longest-idle"):
        first = [stack.telephone_calls(number, voice=f"tone:{HUM}") for number in CALLERS[:3]]
        for desk in desks:
            expect(desk.call_area).to_contain_text("Incoming call")
        fourth = stack.telephone_calls(CALLERS[3], voice=f"tone:{HUM}")
        for desk in desks:
            desk.answer()
            expect(desk.call_area).to_contain_text("On a call")

        eventually(lambda: "next in line" in heard(stack, fourth), "the fourth caller is told the place")
        eventually(lambda: stack.call(fourth)["hears"] == "sound", "and hears music")
        for desk in desks:
            expect(desk.reach).to_contain_text("1 waiting")
        free = desks[1]
        free.hang_up()

        free.expect_ringing("Nadia Haddad")
        free.answer()
        free.expect_on_call("Nadia Haddad")
        expect_sound_both_ways(free, stack, fourth)
        for desk in desks:
            expect(desk.reach).not_to_contain_text("waiting")
        call = free.api(f"/api/v1/calls/{fourth}/")
        assert call["agent"]["name"] == "Grace Hopper"
        assert call["waited"] >= 1
        assert all(stack.call(sid)["answer_time"] for sid in first)
        assert [desk.problems for desk in desks] == [[], [], []]


def heard(stack: Stack, sid: str) -> str:
    return " ".join(caption["text"] for caption in stack.call(sid)["captions"])


def test_by_longest_idle_the_phones_take_turns_and_in_a_fixed_order_the_first_rings_again(open_desk, stack: Stack):
    desks = opened(open_desk, "grace", "ada", "hedy")
    with queue(stack, "longest-idle"):
        rung = []
        for number in CALLERS:
            sid = stack.telephone_calls(number)
            desk = eventually(lambda: who_rings(desks), f"{number} rings")
            rung.append(desk)
            talk_for_a_moment(desk)
            eventually(lambda sid=sid: stack.call(sid)["end_time"], "it is over")
        assert len(set(rung[:3])) == 3
        assert rung[3] is rung[0]
    with queue(stack, "fixed-order"):
        for number in CALLERS[:2]:
            sid = stack.telephone_calls(number)
            # By name: Ada comes first.
            assert eventually(lambda: who_rings(desks), f"{number} rings") is desks[1]
            talk_for_a_moment(desks[1])
            eventually(lambda sid=sid: stack.call(sid)["end_time"], "it is over")


def test_a_closed_tab_refuses_nothing_and_the_agents_other_tab_rings(open_desk, stack: Stack):
    with queue(stack, "longest-idle"):
        desk = open_desk("ada")
        desk.expect_reachable()
        second = DeskPage(desk.page.context.new_page(), stack)
        second.page.goto(stack.desk_url)
        expect(second.reach).to_contain_text("Ringdesk is open in another tab")
        stack.telephone_calls(CALLERS[0])
        desk.expect_ringing("Maya Okonkwo")

        desk.page.close()

        second.expect_ringing("Maya Okonkwo")
        second.answer()
        second.expect_on_call("Maya Okonkwo")


@pytest.fixture
def own_browser(playwright: Any) -> Iterator[Browser]:
    """A browser that may be hurt."""
    browser = launch(playwright, whole=True)
    yield browser
    browser.close()


def test_a_frozen_desk_is_passed_over_within_the_same_call(open_desk, own_browser, stack: Stack):
    (colleague,) = opened(open_desk, "grace")
    before = renderers(own_browser)
    ada = open_desk("ada", where=own_browser)
    ada.expect_reachable()
    with queue(stack, "fixed-order"):
        # Of a desk that acknowledged a ring lately it is known that it does.
        sid = stack.telephone_calls(CALLERS[0])
        ada.expect_ringing("Maya Okonkwo")
        talk_for_a_moment(ada)
        eventually(lambda: stack.call(sid)["end_time"], "it is over")

        frozen = renderers(own_browser) - before
        assert frozen
        for pid in frozen:
            os.kill(pid, signal.SIGSTOP)
        try:
            second = stack.telephone_calls(CALLERS[1])
            colleague.expect_ringing("Tom Aldous")
            colleague.answer()
            colleague.expect_on_call("Tom Aldous")
        finally:
            for pid in frozen:
                os.kill(pid, signal.SIGCONT)

        legs = [stack.call(child) for child in stack.call(second)["children"]]
        assert len(legs) == 2, "Ada's phone was to ring first"
        assert "leave a message" not in heard(stack, second)
        call = colleague.api(f"/api/v1/calls/{second}/")
        assert call["agent"]["name"] == "Grace Hopper"


class PushService:
    """In the place of a browser's vendor: keeps what it is sent, and opens it with the browser's key."""

    def __init__(self) -> None:
        self._key, self._auth = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)
        self.sent: list[dict[str, Any]] = []
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                sealed = self.rfile.read(int(self.headers["Content-Length"]))
                assert "vapid" in self.headers["Authorization"].lower()
                service.sent.append(service.open(sealed))
                self.send_response(201)
                self.end_headers()

            def log_message(self, *_: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/push/1"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def open(self, sealed: bytes) -> dict[str, Any]:
        text = http_ece.decrypt(sealed, private_key=self._key, auth_secret=self._auth, version="aes128gcm")
        found: dict[str, Any] = json.loads(text)
        return found

    def keys(self) -> dict[str, str]:
        point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"p256dh": _base64(point), "auth": _base64(self._auth)}

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@pytest.fixture
def push_service(stack: Stack) -> Iterator[PushService]:
    """Known to the product as where Ada's browser is woken: past its check, which lets it ask vendors alone."""
    service = PushService()
    made = {"endpoint": service.url, **service.keys()}
    code = (
        "from agents.models import Agent, WebPushSubscription as One; One.objects.create("
        f"agent=Agent.objects.get(username='ada'), **{made!r})"
    )
    stack.shell(code)
    yield service
    stack.shell("from agents.models import WebPushSubscription as One; One.objects.all().delete()")
    service.close()


def test_a_caller_waits_for_a_closed_desk_that_is_woken_and_rings(open_desk, own_browser, push_service, stack: Stack):
    desk = open_desk("ada", where=own_browser)
    desk.expect_reachable()
    context, page = desk.page.context, desk.page
    context.grant_permissions(["notifications", "microphone"], origin=stack.desk_url)
    page.evaluate("navigator.serviceWorker.register('/service-worker.js')")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    # The desk is closed: the browser stays, and its worker.
    page.goto(f"{stack.desk_url}/healthz")
    with queue(stack, "longest-idle"):
        closed = "from agents.models import Desk; print(Desk.objects.filter(registered=True).count())"
        eventually(lambda: stack.shell(closed).strip().endswith("0"), "no desk is open")
        sid = stack.telephone_calls(CALLERS[0], voice=f"tone:{HUM}")

        (note,) = eventually(lambda: push_service.sent, "the browser is woken")
        assert note["title"] == "Maya Okonkwo calls Support"
        assert note["path"] == f"?call={sid}"
        eventually(lambda: stack.call(sid)["hears"] == "sound", "the caller waits")
        notifications = Notifications(context, page, stack)
        notifications.deliver(note)
        assert [title for title, *_ in notifications.shown()] == [note["title"]]
        page.goto(f"{stack.desk_url}/{note['path']}")
        desk.take("Maya Okonkwo")

        expect_sound_both_ways(desk, stack, sid)
        eventually(lambda: len(push_service.sent) == 2, "the notification is replaced")
        assert (push_service.sent[1]["tag"], push_service.sent[1]["silent"]) == (note["tag"], True)
