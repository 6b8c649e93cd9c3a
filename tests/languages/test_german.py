"""Who reads and hears German: callers by their line, agents by their choice, others by the browser's wish."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import django.contrib.admin
import django.contrib.auth
import pytest
import rest_framework
from django.test import Client
from django.urls import reverse
from django.utils import translation

from calls.answering.prompts import VOICES
from calls.live import broadcasts
from calls.models import Call, CallEvent
from calls.recorder.sentences import rest_title
from core import borrowed_texts
from core.languages import number_text
from desk.consumers import DeskConsumer
from tests import factories
from tests.api import sign_in
from tests.calls.test_webhooks_incoming import INCOMING
from tests.languages.catalogue import ROOT, mo_texts
from tests.twilio import TwilioClient, incoming, outgoing, sid

pytestmark = pytest.mark.django_db

RECORDING = "/twilio/voice/recording/"
OUTGOING = "/twilio/voice/outgoing/"
GERMAN = {"language": "de-DE", "voice": "Polly.Vicki"}
ENGLISH = {"language": "en-US", "voice": "Polly.Joanna"}


def says(answer: Any) -> ElementTree.Element:
    found = ElementTree.fromstring(answer.content).find("Say")
    assert found is not None
    return found


@pytest.fixture
def german_line(team):
    return factories.make_line(team=team, language="de", name="Vertrieb")


def test_there_is_a_voice_for_each_language(settings):
    assert set(VOICES) == set(dict(settings.LANGUAGES))


def test_a_german_lines_caller_is_asked_for_a_message_in_german(twilio: TwilioClient, german_line):
    said = says(twilio.webhook(INCOMING, incoming()))

    assert said.attrib == GERMAN
    assert said.text.startswith("Hier ist Vertrieb. Im Moment kann niemand")


def test_and_is_thanked_in_german(twilio: TwilioClient, german_line):
    twilio.webhook(INCOMING, incoming())
    said = says(twilio.webhook(RECORDING, incoming(RecordingSid=sid("RE", 1))))

    assert (said.text, said.attrib) == ("Vielen Dank. Wir rufen Sie zurück. Auf Wiederhören.", GERMAN)


def test_and_hears_in_german_that_nobody_can_answer(twilio: TwilioClient, german_line):
    german_line.takes_voicemail = False
    german_line.save()

    assert says(twilio.webhook(INCOMING, incoming())).text.startswith("Im Moment kann niemand Ihren Anruf annehmen.")


def test_another_lines_caller_hears_english_meanwhile(twilio: TwilioClient, german_line, team):
    factories.make_line(team=team, number="+12025550101", name="Sales")
    twilio.webhook(INCOMING, incoming())
    said = says(twilio.webhook(INCOMING, incoming(CallSid=sid("CA", 2), To="+12025550101")))

    assert said.attrib == ENGLISH
    assert said.text.startswith("You have reached Sales.")


def test_a_new_line_speaks_the_desks_own_language(settings, team):
    settings.LANGUAGE_CODE = "de"

    assert factories.make_line(team=team).language == "de"


def test_when_all_fails_the_desks_own_language_is_spoken(settings, twilio: TwilioClient, german_line):
    """The line's is not known: nothing is asked of the database."""
    fallback = "/twilio/voice/fallback/"
    assert says(twilio.webhook(fallback, incoming())).attrib == ENGLISH

    settings.LANGUAGE_CODE = "de"
    assert says(twilio.webhook(fallback, incoming())).attrib == GERMAN


def test_a_german_agent_hears_why_a_call_cannot_be_made(twilio: TwilioClient, ada, line):
    ada.language = "de"
    ada.save()
    said = says(twilio.webhook(OUTGOING, outgoing(ada.pk, "12")))

    assert (said.text, said.attrib) == ("Diese Nummer ist zu kurz.", GERMAN)
    # Kept in English, which is the key of every language.
    assert Call.objects.get().problem == "This number is too short."


def test_and_reads_it_in_the_log_as_an_english_colleague_does_in_english(ada, grace, line):
    ada.language = "de"
    ada.save()
    factories.make_call(line=line, agent=ada, caller=f"client:{ada.identity}", problem="Nobody answered.")
    read = [
        Client().get("/api/v1/calls/", headers={"Authorization": f"Token {sign_in(agent)}"}).json()["results"][0]
        for agent in (ada, grace)
    ]

    assert [call["problem"] for call in read] == ["Niemand hat abgenommen.", "Nobody answered."]


def test_a_frame_about_a_call_with_a_sentence_has_it_in_each_language(ada, line):
    call = factories.make_call(line=line, agent=ada, caller="client:agent_1", problem="Nobody answered.")
    for _, message in broadcasts._call_frames([(call, [])]):
        desk = DeskConsumer()
        assert '"problem":"Nobody answered."' in desk._in_my_language(message)
        desk.language = "de"
        assert '"problem":"Niemand hat abgenommen."' in desk._in_my_language(message)


def test_a_frame_without_a_sentence_is_made_once(ada, line):
    call = factories.make_call(line=line, agent=ada)

    assert [message for _, message in broadcasts._call_frames([(call, [])]) if "texts" in message] == []


def test_a_withheld_number_is_named_in_each_language(ada, line):
    call = factories.make_call(line=line, agent=ada, caller="anonymous")
    messages = [message for _, message in broadcasts._call_frames([(call, [])])]

    assert all("Rufnummer unterdrückt" in message["texts"]["de"] for message in messages)
    assert all("Number withheld" in message["text"] for message in messages)


def test_the_sign_in_page_is_what_the_browser_wishes():
    german = Client().get("/accounts/login/", headers={"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"})
    english = Client().get("/accounts/login/", headers={"Accept-Language": "fr,en;q=0.5"})

    assert '<html lang="de">' in german.content.decode()
    assert "Melden Sie sich an, um Anrufe anzunehmen" in german.content.decode()
    assert (german["Content-Language"], english["Content-Language"]) == ("de", "en")
    assert "Accept-Language" in german["Vary"]
    assert '<html lang="en">' in english.content.decode()


@pytest.mark.parametrize(("chosen", "wished", "read"), [("de", "en", "de"), ("en", "de", "en"), ("", "de", "de")])
def test_what_an_agent_chose_goes_before_what_the_browser_wishes(ada, chosen, wished, read):
    ada.language = chosen
    ada.save()
    client = Client(headers={"Accept-Language": wished})
    client.force_login(ada)
    page = client.get("/")

    assert f'<html lang="{read}">' in page.content.decode()
    assert page.context["config"]["language"] == read


def test_a_german_agent_reads_german_admin_and_dates(ada):
    ada.language, ada.is_staff, ada.is_superuser = "de", True, True
    ada.save()
    client = Client()
    client.force_login(ada)
    page = client.get(reverse("admin:agents_agent_change", args=[ada.pk])).content.decode()

    assert "Am Arbeitsplatz" in page
    assert "Was dieser Agent liest" in page


def test_a_german_device_reads_german_problems(ada):
    ada.language = "de"
    ada.save()
    answer = Client().get("/api/v1/calls/CA0/", headers={"Authorization": f"Token {sign_in(ada)}"})

    assert (answer.json()["title"], answer.json()["detail"]) == ("Hier ist nichts", "Hier ist nichts.")


def test_the_time_line_says_what_twilio_was_asked_for_in_german():
    call = factories.make_call()
    asked = CallEvent(call_sid=call.sid, kind="rest", name=f"POST Calls/{call.sid}", outcome="503")
    with translation.override("de"):
        said = rest_title(asked, [])

    assert said.startswith("Wir baten Twilio, den Anruf zu beenden: ")


def _foreign_texts() -> Iterator[tuple[str, str]]:
    """What Django's and REST framework's own catalogues have, and what is read instead."""
    for package in (rest_framework, django.contrib.admin, django.contrib.auth):
        folder = Path(package.__file__).parent / "locale/de/LC_MESSAGES"
        for key in mo_texts(folder / "django.mo"):
            if isinstance(key, str) and key and "\x04" not in key:
                yield key, translation.gettext(key)


def test_texts_of_the_libraries_say_sie_as_ours_do():
    familiar = re.compile(
        r"\b(du|dein\w*|dir|dich|stelle sicher|gib|nutze|benutze|prüfe|lade|wähle|versuche)\b", re.IGNORECASE
    )
    with translation.override("de"):
        found = [(key, text) for key, text in _foreign_texts() if familiar.search(text)]

    assert found == []


@pytest.mark.parametrize("key", [*borrowed_texts._ADMIN, *borrowed_texts._AUTH, *borrowed_texts._REST_FRAMEWORK])
def test_a_text_of_a_library_that_has_no_german_has_ours(key):
    with translation.override("de"):
        assert translation.gettext(key) != key


def test_no_form_for_passwords_falls_back_to_english(ada):
    ada.language, ada.is_staff, ada.is_superuser = "de", True, True
    ada.save()
    client = Client()
    client.force_login(ada)
    pages = [
        client.get(path, secure=True).content.decode()
        for path in (
            reverse("admin:agents_agent_change", args=[ada.pk]),
            reverse("admin:auth_user_password_change", args=[ada.pk]),
            reverse("admin:agents_agent_add"),
        )
    ]

    assert all("Passw" in page for page in pages)
    for english in ("Reset password", "Raw passwords", "Password-based", "Start typing", "Enabled", "Disabled"):
        assert [page.count(english) for page in pages] == [0, 0, 0], english


def test_numbers_in_sentences_are_written_as_german_writes_them(ada, line):
    ada.language = "de"
    ada.save()
    call = factories.make_call(1, line=line, agent=ada)
    headers = {"Authorization": f"Token {sign_in(ada)}"}
    big = Client().patch(
        f"/api/v1/calls/{call.sid}/", {"note": "x" * 3_000_000}, content_type="application/json", headers=headers
    )

    assert big.json()["detail"] == "Senden Sie höchstens 1.024 KB auf einmal."
    with translation.override("de"):
        assert number_text(1_000_000) == "1.000.000"
    assert number_text(1_000_000) == "1,000,000"


def test_no_sentence_of_the_product_writes_thousands_by_itself():
    written = [
        str(path.relative_to(ROOT))
        for path in ROOT.glob("*/**/*.py")
        if path.relative_to(ROOT).parts[0] in {"agents", "calls", "config", "contacts", "core", "desk", "telephony"}
        and re.search(r":,(\.\d?f)?\}", path.read_text())
    ]

    assert written == []


def test_no_request_leaves_its_language_to_the_next(ada):
    ada.language = "de"
    ada.save()
    client = Client(headers={"Accept-Language": "de"})
    client.force_login(ada)
    client.get("/")

    assert translation.get_language() == "en"


def test_the_description_of_the_api_is_english_for_everybody():
    page = Client().get("/api/v1/docs/", headers={"Accept-Language": "de"}).content.decode()

    assert '<html lang="en">' in page
    assert "Errors are" in page
