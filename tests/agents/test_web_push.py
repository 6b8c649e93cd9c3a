"""Browsers that are woken: who may be, what they are sent, and what ends it."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from unittest.mock import Mock, patch

import http_ece
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.contrib.sessions.models import Session
from django.contrib.staticfiles import finders
from django.test import Client
from django.utils import timezone

from agents import services, web_push
from agents.models import Agent, WebPushSubscription
from agents.selectors import agents_asleep
from agents.web_push import Note, key_made
from calls.live import waking
from scripts.make_env import web_push_key
from tests import factories
from tests.twilio import sid

pytestmark = pytest.mark.django_db
ENDPOINT = "https://fcm.googleapis.com/fcm/send/abc:123"
NOTE = Note("Maya Okonkwo calls Support", "(202) 555-0142", "call-1", "?call=CA1", "Open desk", "Not now")
HIDDEN = Note("Somebody calls Support", "Unlock to see who.", "call-1", "?call=CA1", "Open desk", "Not now")


def text_of(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


NO_POINT = {"p256dh": text_of(bytes(65))}


class Browser:
    """Has keys of its own, and opens what is sealed for it."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.auth = b"0123456789abcdef"

    @property
    def body(self) -> dict:
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"endpoint": ENDPOINT, "p256dh": text_of(point), "auth": text_of(self.auth)}

    def open(self, sealed: bytes) -> dict:
        return json.loads(http_ece.decrypt(sealed, private_key=self.key, auth_secret=self.auth, version="aes128gcm"))


@pytest.fixture(autouse=True)
def _key(settings) -> None:
    settings.WEB_PUSH_PRIVATE_KEY = web_push_key()


@pytest.fixture
def browser() -> Browser:
    return Browser()


@pytest.fixture
def client(ada) -> Client:
    client = Client()
    client.force_login(ada)
    return client


def put(client: Client, **body):
    return client.put("/api/v1/web-push/", body, content_type="application/json", secure=True)


def answering(status: int) -> Mock:
    response = requests.Response()
    response.status_code = status
    response._content = b""
    return patch.object(requests.Session, "post", autospec=True, return_value=response)


class TestSubscribing:
    def test_a_browser_is_kept_for_its_agent_and_taken_back(self, client, browser, ada):
        assert put(client, **browser.body).status_code == 204
        assert ada.web_push_subscriptions.get().endpoint == ENDPOINT

        answer = client.post(
            "/api/v1/web-push/end/", {"endpoint": ENDPOINT}, content_type="application/json", secure=True
        )

        assert answer.status_code == 204
        assert not WebPushSubscription.objects.exists()

    @pytest.mark.parametrize(
        "endpoint",
        [
            "https://internal.example.com/",
            "http://fcm.googleapis.com/fcm/send/1",
            "https://fcm.googleapis.com:8443/fcm/send/1",
            "https://fcm.googleapis.com@evil.example.com/1",
            "https://fcm.googleapis.com.evil.example.com/1",
            "https://evilpush.apple.com/1",
            "https://internal.example.com\\.push.apple.com/1",
            "https://127.0.0.1\\.notify.windows.com/1",
            "https://user:secret@fcm.googleapis.com/1",
            "https://[::1/",
            "https://fcm.googleapis.com/" + "x" * 480,
            "https://fcm.googleapis.com/ä",
            "",
        ],
    )
    def test_our_server_is_sent_nowhere_but_to_push_services(self, client, browser, endpoint):
        assert put(client, **browser.body | {"endpoint": endpoint}).status_code == 400
        assert not WebPushSubscription.objects.exists()

    @pytest.mark.parametrize(
        "endpoint",
        [
            "https://fcm.googleapis.com/fcm/send/1",
            "https://updates.push.services.mozilla.com/wpush/v2/1",
            "https://web.push.apple.com/1",
            "https://db5p.notify.windows.com/w/?token=1",
            "https://push.example.net/1",
        ],
    )
    def test_the_vendors_push_services_and_those_of_the_settings_are_known(self, settings, endpoint):
        settings.WEB_PUSH_HOSTS = ["push.example.net"]

        assert web_push.is_push_service(endpoint)

    @pytest.mark.parametrize(
        "change",
        [{"auth": "short"}, {"p256dh": "AAAA"}, {"p256dh": "ä" * 40}, {"p256dh": text_of(bytes(65))}, {"auth": None}],
    )
    def test_keys_that_are_none_are_refused(self, client, browser, change):
        assert put(client, **browser.body | change).status_code == 400

    def test_the_next_agent_at_the_browser_is_woken_in_place_of_the_one_before(self, client, browser, grace):
        put(client, **browser.body)
        other = Client()
        other.force_login(grace)
        put(other, **browser.body)

        assert WebPushSubscription.objects.get().agent == grace

    def test_nobody_takes_back_another_agents(self, client, browser, grace):
        put(client, **browser.body)

        assert web_push.unsubscribe(agent=grace, endpoint=ENDPOINT) is False

    def test_an_agent_has_ten_at_the_most(self, ada, browser):
        for number in range(12):
            body = browser.body | {"endpoint": f"{ENDPOINT}{number}"}
            web_push.subscribe(agent=ada, session="", browser="", hides_names=False, **body)

        assert ada.web_push_subscriptions.count() == 10
        assert not ada.web_push_subscriptions.filter(endpoint=f"{ENDPOINT}0").exists()

    def test_signing_out_ends_what_this_browser_was_allowed(self, client, browser, ada):
        put(client, **browser.body)
        WebPushSubscription.objects.create(agent=ada, endpoint=f"{ENDPOINT}2", p256dh="x", auth="y", session="other")

        client.post("/accounts/logout/", secure=True)

        assert [one.endpoint for one in WebPushSubscription.objects.all()] == [f"{ENDPOINT}2"]

    def test_signing_out_everywhere_ends_all(self, client, browser, ada):
        put(client, **browser.body)

        services.agent_sign_out_everywhere(agent=ada, by=None, address=None)

        assert not WebPushSubscription.objects.exists()

    def test_the_session_is_not_readable_in_the_table(self, client, browser):
        put(client, **browser.body)

        assert client.session.session_key not in str(WebPushSubscription.objects.values().get())


class TestSending:
    def test_what_is_sent_is_sealed_for_the_browser_and_signed_with_our_key(self, client, browser, ada):
        put(client, **browser.body)

        with answering(201) as post:
            assert web_push.send(agent_id=ada.pk, note=NOTE, hidden=HIDDEN) == 1

        (_session, url), sent = post.call_args.args, post.call_args.kwargs
        assert url == ENDPOINT
        assert "vapid" in sent["headers"]["authorization"].lower()
        assert sent["headers"]["urgency"] == "high"
        assert browser.open(sent["data"])["title"] == "Maya Okonkwo calls Support"
        assert ada.web_push_subscriptions.get().woken_at is not None

    @pytest.mark.parametrize("how", ["ran out", "another agent signed in"])
    def test_a_browser_whose_session_is_over_is_told_of_nobody(self, client, browser, ada, grace, how):
        put(client, **browser.body)
        if how == "ran out":
            Session.objects.update(expire_date=timezone.now())
        else:
            client.force_login(grace)

        with answering(201) as post:
            assert web_push.send(agent_id=ada.pk, note=NOTE, hidden=HIDDEN) == 0

        post.assert_not_called()
        assert not ada.web_push_subscriptions.exists()

    def test_who_hides_names_is_told_none(self, client, browser, ada):
        put(client, **browser.body | {"hides_names": True})

        with answering(201) as post:
            web_push.send(agent_id=ada.pk, note=NOTE, hidden=HIDDEN)

        assert browser.open(post.call_args.kwargs["data"])["title"] == "Somebody calls Support"

    @pytest.mark.parametrize(("status", "kept"), [(404, 0), (410, 0), (429, 1), (500, 1), (302, 1)])
    def test_a_browser_that_is_gone_is_forgotten_and_no_other(self, client, browser, ada, status, kept):
        put(client, **browser.body)

        with answering(status):
            assert web_push.send(agent_id=ada.pk, note=NOTE, hidden=HIDDEN) == 0

        assert WebPushSubscription.objects.count() == kept

    def test_a_push_service_that_is_away_is_no_crash_and_its_address_is_not_logged(self, client, browser, ada, caplog):
        put(client, **browser.body)

        with patch.object(requests.Session, "post", autospec=True, side_effect=requests.ConnectionError(ENDPOINT)):
            assert web_push.send(agent_id=ada.pk, note=NOTE, hidden=HIDDEN) == 0

        assert "ConnectionError" in caplog.text
        assert "abc:123" not in caplog.text

    def test_a_browser_whose_keys_are_none_keeps_no_other_from_being_woken(self, client, browser, ada):
        WebPushSubscription.objects.create(
            agent=ada, endpoint=ENDPOINT + "bad", p256dh=text_of(bytes(65)), auth=text_of(bytes(16))
        )
        put(client, **browser.body)

        with answering(201):
            assert web_push.send(agent_id=ada.pk, note=NOTE, hidden=HIDDEN) == 1

    @pytest.mark.parametrize("key", ["", "no key", "AA", "A" * 43])
    def test_without_a_key_nothing_is_sent_and_the_desk_is_told_none(self, ada, settings, key):
        settings.WEB_PUSH_PRIVATE_KEY = key

        assert web_push.public_key() == ""
        assert web_push.send(agent_id=ada.pk, note=NOTE, hidden=HIDDEN) == 0

    def test_the_key_that_provisioning_makes_is_one(self, settings):
        settings.WEB_PUSH_PRIVATE_KEY = key_made()

        assert len(web_push.public_key()) == 87


class TestWaking:
    @pytest.fixture
    def asleep(self, ada) -> Agent:
        ada.desks.all().delete()
        WebPushSubscription.objects.create(agent=ada, endpoint=ENDPOINT, p256dh="x", auth="y")
        return ada

    def test_who_is_available_without_a_phone_is_asleep(self, asleep, grace):
        assert agents_asleep([asleep.pk, grace.pk]) == [asleep]

    @pytest.mark.parametrize(
        "change",
        [
            {"availability": "away"},
            {"availability": "offline"},
            {"may_receive_calls": False},
            {"is_active": False},
            {"wrap_up_until": timezone.now() + timezone.timedelta(hours=1)},
        ],
    )
    def test_who_wants_no_calls_is_let_sleep(self, asleep, change):
        Agent.objects.filter(pk=asleep.pk).update(**change)

        assert agents_asleep([asleep.pk]) == []

    def test_a_desk_that_can_ring_is_not_woken(self, asleep):
        factories.make_desk(asleep)

        assert agents_asleep([asleep.pk]) == []

    def test_the_caller_is_named_in_the_agents_language_once_it_is_stored(
        self, asleep, line, django_capture_on_commit_callbacks
    ):
        asleep.language = "de"
        call = factories.make_call(1, line=line, contact=factories.make_contact(), status="ringing")

        with patch("agents.tasks.wake.delay") as delay, django_capture_on_commit_callbacks(execute=True):
            waking.wake([asleep], call)
            delay.assert_not_called()

        agent_id, note, hidden = delay.call_args.args
        assert agent_id == asleep.pk
        assert note["title"] == "Maya Okonkwo ruft Support an"
        assert note["path"] == f"?call={sid('CA', 1)}"
        assert "Okonkwo" not in str(hidden)
        assert "555" not in str(hidden)

    def test_each_is_woken_once_for_a_call_however_often_it_is_asked(
        self, asleep, grace, line, django_capture_on_commit_callbacks
    ):
        call, other = factories.make_call(1, line=line), factories.make_call(2, line=line)

        with patch("agents.tasks.wake.delay") as delay, django_capture_on_commit_callbacks(execute=True):
            woken = [waking.wake_sleeping([asleep.pk, grace.pk], one) for one in (call, call, other)]

        assert woken == [{asleep.pk}, set(), {asleep.pk}]
        assert delay.call_count == 2

    def test_a_call_that_is_over_replaces_the_notification_without_a_sound(
        self, asleep, grace, line, django_capture_on_commit_callbacks
    ):
        call = factories.make_call(1, line=line, status="ringing")

        with patch("agents.tasks.wake.delay") as delay, django_capture_on_commit_callbacks(execute=True):
            waking.wake([asleep], call)
            waking.wake_over([asleep], call, grace)

        (_, first, _), (_, second, _) = (one.args for one in delay.call_args_list)
        assert first["tag"] == second["tag"]
        assert (second["is_silent"], second["path"]) == (True, "")
        assert second["title"].startswith("Grace took the call of")


class TestPage:
    @pytest.fixture(autouse=True)
    def _built(self, settings, tmp_path) -> Iterator[None]:
        (tmp_path / "icons").mkdir()
        for name in ("icons/app-192.png", "icons/app-512.png", "serviceWorker.js"):
            (tmp_path / name).write_bytes(b"built")
        settings.STATICFILES_DIRS = [tmp_path]
        finders.get_finder.cache_clear()
        yield
        finders.get_finder.cache_clear()

    def test_the_page_can_be_installed(self, client):
        facts = client.get("/manifest.webmanifest", secure=True).json()

        assert (facts["start_url"], facts["display"]) == ("/", "standalone")
        for icon in facts["icons"]:
            answer = client.get(icon["src"], secure=True)
            assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
        assert b'rel="manifest"' in client.get("/", secure=True).content

    def test_the_worker_stands_at_the_desks_own_address_and_is_never_old(self):
        answer = Client().get("/service-worker.js", secure=True)

        assert answer["Content-Type"].startswith("text/javascript")
        assert "no-cache" in answer["Cache-Control"]

    def test_what_is_not_built_is_not_found(self, settings):
        settings.STATICFILES_DIRS = []
        finders.get_finder.cache_clear()

        assert Client().get("/service-worker.js", secure=True).status_code == 404
