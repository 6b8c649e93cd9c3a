"""manage.py replay_call."""

from __future__ import annotations

import io
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

import pytest
import requests
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from requests.adapters import HTTPAdapter

from calls.models import Call
from calls.recorder.replay import route_of, twiml_differences
from telephony.models import Webhook
from telephony.webhooks.kinds import all_kinds
from tests.calls.test_webhooks_incoming import INCOMING, STATUS
from tests.twilio import TwilioClient, incoming, leg_status, root_status, sid

pytestmark = pytest.mark.django_db

CALL = sid("CA", 1)


class Server(HTTPAdapter):
    """Requests go to the server under test instead of the network."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[requests.PreparedRequest] = []
        self.basic = False

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        self.asked.append(request)
        headers = {name: value for name, value in request.headers.items() if not name.startswith("Content-")}
        found = Client().post(
            urlsplit(request.url).path,
            request.body or "",
            content_type=request.headers["Content-Type"],
            secure=True,
            headers=headers,
        )
        answer = requests.Response()
        answer.status_code = found.status_code
        answer.headers.update(found.headers)
        if self.basic and answer.status_code == 401:
            answer.headers["WWW-Authenticate"] = 'Basic realm="Ringdesk"'
        answer.raw = io.BytesIO(found.content)
        answer.request, answer.connection, answer.url = request, self, request.url
        return answer


@pytest.fixture
def server(settings):
    settings.SIMULATOR = True
    found = Server()
    with patch.object(HTTPAdapter, "send", lambda _, *args, **kwargs: found.send(*args, **kwargs)):
        yield found


@pytest.fixture
def recorded(ada, line) -> None:
    """A call of an hour ago that Ada answered."""
    twilio = TwilioClient()
    answer = twilio.webhook(INCOMING, incoming())
    twilio.webhook(STATUS, leg_status(ada.pk, "in-progress", 2))
    twilio.webhook(STATUS, leg_status(ada.pk, "completed", 3))
    twilio.webhook(STATUS, root_status("completed", RecordingSid=sid("RE", 5)))
    Webhook.objects.filter(kind="incoming").update(answer=answer.content.decode())
    for place, row in enumerate(Webhook.objects.order_by("pk")):
        Webhook.objects.filter(pk=row.pk).update(
            received_at=timezone.now() - timedelta(hours=1) + timedelta(seconds=3 * place)
        )


def replay(*arguments: str, call: str = CALL) -> str:
    out = io.StringIO()
    call_command("replay_call", call, *arguments, stdout=out)
    return out.getvalue()


def test_it_makes_a_new_call_in_the_log(server, recorded, ada):
    text = replay()

    new = Call.objects.filter(parent__isnull=True).exclude(pk=CALL).get()
    assert (new.status, new.result, new.agent) == ("completed", "answered", ada)
    assert new.legs.count() == 1
    assert f"The new call is {new.sid}." in text
    assert len(server.asked) == 4


def test_new_sids_are_the_same_in_every_field_and_request(server, recorded):
    replay()

    rows = list(Webhook.objects.exclude(sid__in=[CALL, sid("CA", 2)]).order_by("pk"))
    root, leg = rows[0].sid, rows[1].sid
    assert [row.sid for row in rows] == [root, leg, leg, root]
    assert rows[1].params["ParentCallSid"] == root
    assert rows[3].params["RecordingSid"] not in (sid("RE", 5), "")
    assert rows[0].params["AccountSid"] == Webhook.objects.get(sid=CALL, kind="incoming").params["AccountSid"]


def test_the_times_in_a_new_call_are_moved_to_now(server, recorded):
    replay()

    old, new = Webhook.objects.filter(status="in-progress").order_by("pk")
    moved = parsedate_to_datetime(new.params["Timestamp"]) - parsedate_to_datetime(old.params["Timestamp"])
    assert timedelta(minutes=59) < moved < timedelta(minutes=61)


def test_the_recorded_sids_can_be_sent_again(server, recorded):
    replay("--no-new-sids")

    assert Call.objects.count() == 2
    assert Webhook.objects.filter(sid=CALL).count() == 4
    assert Webhook.objects.filter(verdict="duplicate").exists()


def test_it_says_what_was_sent_and_answered_without_credentials(server, recorded, settings):
    text = replay()

    assert "→ POST /twilio/voice/incoming/" in text
    assert "From: +12025550142" in text
    assert "← 200" in text
    assert "<Response>" in text
    assert "← 204" in text
    assert settings.TWILIO_AUTH_TOKEN not in text
    assert settings.TWILIO_ACCOUNT_SID not in text


def test_the_same_answer_is_the_same_though_its_sids_are_new(server, recorded):
    text = replay()

    assert "the same as recorded" in text
    assert "4 webhooks, 0 answered otherwise than recorded." in text


def test_another_answer_is_shown_as_a_difference(server, recorded, ada):
    ada.desks.all().delete()

    text = replay()

    assert "differs from what is recorded" in text
    assert "1 answered otherwise" in text


def test_what_twilio_did_not_post_is_skipped(server, recorded):
    Webhook.objects.filter(kind="status").update(kind="reconcile")

    assert "reconcile: skipped" in replay()
    assert len(server.asked) == 1


def test_speed_keeps_the_recorded_distances(server, recorded):
    with patch("calls.management.commands.replay_call.time.sleep", autospec=True) as sleep:
        replay("--speed", "1")
        replay()

    assert [round(call.args[0]) for call in sleep.call_args_list] == [0, 3, 3, 3]


@pytest.mark.parametrize("basic", [False, True])
def test_it_answers_the_servers_challenge(server, recorded, settings, basic):
    settings.TWILIO_WEBHOOK_USERNAME, settings.TWILIO_WEBHOOK_PASSWORD = "twilio", "webhook-password"
    server.basic = basic

    text = replay()

    assert "← 200" in text
    assert "← 401" not in text
    assert "webhook-password" not in text
    assert any("Authorization" in request.headers for request in server.asked)


def test_a_legs_sid_replays_its_whole_call(server, recorded):
    assert "4 webhooks" in replay(call=sid("CA", 2))


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--to", "https://desk.example.com"], "another computer"),
        (["--to", "http://localhost.example.com:8000"], "another computer"),
        (["--to", "http://user:pass@localhost:8000"], "user and password"),
        (["--to", "localhost:8000"], "an address like"),
        (["--to", "ftp://localhost"], "an address like"),
        (["--speed=-1"], "0 or more"),
    ],
)
def test_it_refuses_what_it_must_not_or_cannot_do(server, recorded, arguments, problem):
    with pytest.raises(CommandError, match=problem):
        replay(*arguments)

    assert server.asked == []


def test_another_computer_can_be_forced(server, recorded):
    replay("--to", "https://desk.example.com", "--force")

    assert len(server.asked) == 4


@pytest.mark.parametrize("force", [[], ["--force"]])
def test_without_the_simulator_nothing_is_posted(server, recorded, settings, force):
    settings.SIMULATOR = False

    with pytest.raises(CommandError, match="simulator only"):
        replay(*force)

    assert server.asked == []


def test_a_call_that_nobody_knows_is_explained(server):
    with pytest.raises(CommandError, match="No webhook of this call"):
        replay(call="CA-nothing")


def test_a_server_that_is_not_there_is_explained_without_its_address(settings, recorded):
    settings.SIMULATOR = True
    refused = requests.ConnectionError(f"http://x/{settings.TWILIO_AUTH_TOKEN}")

    with patch.object(HTTPAdapter, "send", autospec=True, side_effect=refused), pytest.raises(CommandError) as error:
        replay()

    assert str(error.value) == "The server did not answer. Is it running?"


@pytest.mark.parametrize("kind", [kind for kind in all_kinds() if kind.is_posted], ids=lambda kind: kind.name)
def test_what_twilio_posts_can_be_posted_to_its_route_again(kind):
    assert route_of(kind.name) == f"/twilio/{kind.path}"


@pytest.mark.parametrize("name", ["reconcile", "../../admin", ""])
def test_what_nobody_posts_has_no_route(name):
    assert route_of(name) is None


@pytest.mark.parametrize(
    ("recorded_answer", "answered", "count"),
    [
        ("<Response><Say a='1' b='2'>x</Say></Response>", '<Response><Say b="2" a="1">x</Say></Response>', 0),
        ("<Response/>", "<Response></Response>", 0),
        ("<Response/>", "not XML", 2),
        ("", "", 0),
    ],
)
def test_only_what_is_said_counts_as_a_difference(recorded_answer, answered, count):
    assert len(twiml_differences(recorded_answer, answered, new_sids=None)) == count
