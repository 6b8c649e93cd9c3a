"""Files of texts: fetched by us, bounded, and served so that nothing in them can run."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
import requests
from django.conf import settings as django_settings
from django.core import signing
from django.test import Client
from django.utils import timezone

from messaging import media
from messaging.models import Message, MessageMedia
from tests import factories
from tests.messaging.texts import INCOMING, make_message, make_thread, send, signed_in, text
from tests.twilio import ACCOUNT_SID, CALLER, SUPPORT, sid

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 200
UPLOAD = "/api/v1/messages/media/"
MEDIA = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT_SID}/Messages/{sid('MM', 1)}/Media/{sid('ME', 1)}"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    settings.MEDIA_DIR = str(tmp_path / "media")
    return tmp_path / "media"


def kept(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def answer(body: bytes, kind: str = "image/png", status: int = 200) -> requests.Response:
    response = requests.Response()
    response.status_code, response._content, response._content_consumed = status, body, True
    response.headers["Content-Type"] = kind
    return response


def twilio_gives(*answers: object):
    return patch.object(requests, "get", autospec=True, side_effect=list(answers))


def expected(line, url: str = MEDIA, kind: str = "image/png") -> MessageMedia:
    message = make_message(make_thread(line), direction="inbound")
    return MessageMedia.objects.create(message=message, source_url=url, content_type=kind)


def test_a_photo_that_comes_in_is_fetched_with_our_credentials_and_kept(twilio, line, folder):
    twilio.webhook(INCOMING, text(NumMedia="1", MediaUrl0=MEDIA, MediaContentType0="image/png"))
    with twilio_gives(answer(PNG)) as asked:
        media.media_fetch()

    row = MessageMedia.objects.get()
    assert (row.state, row.content_type, row.size) == ("kept", "image/png", len(PNG))
    assert asked.call_args.args == (MEDIA,)
    assert asked.call_args.kwargs["auth"] == (ACCOUNT_SID, django_settings.TWILIO_AUTH_TOKEN)
    (path,) = kept(folder)
    assert path.read_bytes() == PNG
    assert os.stat(path).st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example.com/x", "http://169.254.169.254/latest", "javascript:alert(1)", "",
        f"https://api.twilio.com/Messages/{sid('MM', 1)}/Media/../../Keys", "file:///etc/passwd",
    ],
)  # fmt: skip
def test_nobody_chooses_where_our_credentials_go(line, url):
    row = expected(line, url)
    with twilio_gives() as asked:
        media.media_fetch()

    row.refresh_from_db()
    assert row.state == "failed"
    asked.assert_not_called()


def test_another_hosts_address_is_asked_of_twilio_itself(line):
    expected(line, MEDIA.replace("api.twilio.com", "evil.example.com"))
    with twilio_gives(answer(PNG)) as asked:
        media.media_fetch()

    assert asked.call_args.args == (MEDIA,)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"<svg onload='alert(1)'/>", "image/svg+xml"), (b"<script>", "text/html"), (b"MZ", "application/x-msdownload"),
        (b"<script>", "image/png"), (PNG, "application/octet-stream"), (PNG + b"x" * media.MOST_IN, "image/png"),
    ],
)  # fmt: skip
def test_what_is_too_large_or_of_another_kind_is_not_kept_and_that_is_said(line, folder, body, kind):
    row = expected(line)
    with twilio_gives(answer(body, kind)):
        media.media_fetch()

    row.refresh_from_db()
    assert row.state == "refused"
    assert kept(folder) == []


def test_while_twilio_is_away_it_is_tried_again_later_and_in_the_end_no_more(line):
    row = expected(line)
    for attempt in range(12):
        MessageMedia.objects.update(due_at=timezone.now() - timedelta(seconds=1))
        with twilio_gives(requests.ConnectionError() if attempt % 2 else answer(b"", status=503)):
            media.media_fetch()
        row.refresh_from_db()
        assert row.state == ("waiting" if attempt < 11 else "failed")
    with twilio_gives() as asked:
        media.media_fetch()
    asked.assert_not_called()


def test_what_twilio_has_no_more_is_given_up(line):
    row = expected(line)
    with twilio_gives(answer(b"", status=404)):
        media.media_fetch()

    row.refresh_from_db()
    assert row.state == "failed"


# --- Who may have it ----------------------------------------------------------------------------------------------


def uploaded(agent, data: bytes = PNG, kind: str = "image/png"):
    return signed_in(agent).generic("POST", UPLOAD, data, kind, secure=True)


def test_a_file_is_for_those_who_may_see_the_thread(line, ada, grace, stranger):
    found = uploaded(ada).json()
    assert signed_in(grace).get(found["url"], secure=True).status_code == 404
    send(signed_in(ada), "/api/v1/messages/", {"line": SUPPORT, "to": CALLER, "media": [found["id"]]})

    assert signed_in(grace).get(found["url"], secure=True).status_code == 200
    assert signed_in(stranger).get(found["url"], secure=True).status_code == 404


def test_nothing_in_a_file_can_run_and_only_pictures_are_shown(ada, line):
    picture = signed_in(ada).get(uploaded(ada).json()["url"], secure=True)
    card = signed_in(ada).get(uploaded(ada, b"BEGIN:VCARD\n<script>", "text/vcard").json()["url"], secure=True)

    assert picture["Content-Disposition"].startswith("inline")
    assert card["Content-Disposition"].startswith("attachment")
    for response in (picture, card):
        assert response["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in response["Content-Security-Policy"]
        assert "private" in response["Cache-Control"]


@pytest.mark.parametrize(
    ("data", "kind", "status"),
    [
        (b"", "image/png", 400), (b"<svg/>", "image/svg+xml", 415), (b"<html>", "text/html", 415),
        (b"GIF", "image/png", 415),
        (PNG + b"x" * media.MOST_OUT, "image/png", 413),
        (b"%PDF-" + b"x" * media.MOST_OUT_OF_OTHERS, "application/pdf", 415),
        (b"RIFF" + b"x" * media.MOST_OUT_OF_OTHERS, "image/webp", 415),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_sent_is_refused_at_once(ada, line, folder, data, kind, status):
    assert uploaded(ada, data, kind).status_code == status
    assert kept(folder) == []


def test_files_that_are_too_large_together_are_refused_before_they_are_sent(ada, line):
    large = [uploaded(ada, PNG + b"x" * (media.MOST_OUT // 2)).json()["id"] for _ in range(2)]
    body = {"line": SUPPORT, "to": CALLER, "media": large}

    refused = send(signed_in(ada), "/api/v1/messages/", body)

    (error,) = refused.json()["errors"]
    assert (refused.status_code, error["field"]) == (400, "media")
    assert error["detail"] == "These files are too large together: at most 5 MB for one text."
    assert send(signed_in(ada), "/api/v1/messages/", body | {"media": large[:1]}).status_code == 201


def test_what_came_in_and_is_larger_than_what_may_go_out_is_not_sent_on(ada, line):
    found = uploaded(ada, b"BEGIN:VCARD", "text/vcard").json()
    MessageMedia.objects.update(size=media.MOST_OUT_OF_OTHERS + 1)

    body = {"line": SUPPORT, "to": CALLER, "media": [found["id"]]}
    assert send(signed_in(ada), "/api/v1/messages/", body).status_code == 400


def test_a_file_of_somebody_elses_cannot_be_sent(ada, grace, line):
    found = uploaded(ada).json()
    body = {"line": SUPPORT, "to": CALLER, "media": [found["id"]]}
    assert send(signed_in(grace), "/api/v1/messages/", body).status_code == 400


def test_a_text_is_tried_again_with_its_file(ada, line, folder):
    found = uploaded(ada).json()
    body = {"line": SUPPORT, "to": CALLER, "media": [found["id"]]}
    for _ in range(2):
        assert send(signed_in(ada), "/api/v1/messages/", body).status_code == 201

    assert [message.media.count() for message in Message.objects.all()] == [1, 1]
    media.media_delete(MessageMedia.objects.earliest("pk"))
    assert len(kept(folder)) == 1
    media.media_delete(MessageMedia.objects.get())
    assert kept(folder) == []


# --- For Twilio ---------------------------------------------------------------------------------------------------


def test_twilio_fetches_a_file_at_an_address_that_ends(client, ada, line, monkeypatch):
    found = uploaded(ada).json()
    send(signed_in(ada), "/api/v1/messages/", {"line": SUPPORT, "to": CALLER, "media": [found["id"]]})
    message = Message.objects.get()
    (url,) = media.media_urls([message.pk])[message.pk]
    path = url.removeprefix(django_settings.PUBLIC_BASE_URL)

    response = client.get(path, secure=True)
    assert b"".join(response.streaming_content) == PNG
    assert client.post(path, secure=True).status_code == 405
    assert client.get(path.replace("/media/", "/media/x"), secure=True).status_code == 404

    real = signing.loads
    monkeypatch.setattr(signing, "loads", lambda *args, **options: real(*args, **options | {"max_age": -1}))
    assert client.get(path, secure=True).status_code == 404


def test_what_was_chosen_and_never_sent_is_let_go(ada, line, folder):
    uploaded(ada)
    MessageMedia.objects.update(created_at=timezone.now() - timedelta(days=2))
    media.media_fetch()

    assert kept(folder) == []
    assert not MessageMedia.objects.exists()


def test_a_path_is_never_made_of_what_is_no_name_of_ours(line):
    factories.make_contact()
    with pytest.raises(ValueError, match=r"\.\."):
        media._path("../../etc/passwd")


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "application/x-www-form-urlencoded"])
def test_a_form_is_told_to_send_the_file_as_it_is(ada, kind):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    # As a browser's form comes, which has a token.
    client.cookies["csrftoken"] = token = "x" * 32
    headers = {"X-CSRFToken": token, "Referer": "https://testserver/"}

    answer = client.generic("POST", UPLOAD, b"--x\r\n", kind, secure=True, headers=headers)

    assert (answer.status_code, answer.json()["detail"]) == (415, "Send the file as it is, not in a form.")


def test_a_file_that_cannot_be_is_refused(ada, line):
    thread = make_thread(line)

    answer = send(signed_in(ada), f"/api/v1/threads/{thread.pk}/messages/", {"media": [10**30]})

    assert answer.status_code == 400
