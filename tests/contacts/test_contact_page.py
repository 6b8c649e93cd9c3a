"""What the contact's page asks for: the time line, notes, consent, the block list, merges and files."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from calls.models import Call
from contacts.consents import consent_record
from contacts.models import BlockedNumber, Consent, Contact, ContactNote
from contacts.services import note_add
from contacts.timeline import Place
from messaging.models import Message, Thread
from tests import factories
from tests.twilio import SUPPORT, outgoing, sid

pytestmark = pytest.mark.django_db

OUTGOING = "/twilio/voice/outgoing/"
MAYA = "+12025550142"
NOW = timezone.now().replace(microsecond=0)


@pytest.fixture
def team():
    return factories.make_team()


@pytest.fixture
def line(team):
    return factories.make_line(team=team)


@pytest.fixture
def ada(team):
    return factories.make_agent("ada", team=team)


@pytest.fixture
def maya() -> Contact:
    return factories.make_contact("Maya Okonkwo", MAYA)


def signed_in(agent: Any) -> Client:
    client = Client()
    client.force_login(agent)
    return client


@pytest.fixture
def client(ada) -> Client:
    return signed_in(ada)


@pytest.fixture
def supervisor(team) -> Client:
    return signed_in(factories.make_agent("hedy", team=team, role="supervisor"))


def url(contact: Contact, rest: str = "") -> str:
    return f"/api/v1/contacts/{contact.pk}/{rest}"


def post(client: Client, path: str, body: Any = None, method: str = "POST"):
    return client.generic(method, path, json.dumps(body or {}), "application/json", secure=True)


def told(client: Client, contact: Contact, query: str = "") -> list[tuple[str, str]]:
    found = client.get(url(contact, f"timeline/?{query}"), secure=True).json()["results"]
    return [(entry["kind"], entry["call"]["sid"] if "call" in entry else entry["note"]["text"]) for entry in found]


def history(contact: Contact, line: Any, ada: Any) -> None:
    at = lambda hours: NOW - timedelta(hours=hours)  # noqa: E731
    factories.make_call(1, contact=contact, line=line, result="answered", start_time=at(5))
    factories.make_call(2, contact=contact, line=line, result="voicemail", start_time=at(3))
    # When the number was nobody's yet.
    factories.make_call(3, caller="client:agent_1", called=MAYA, line=line, result="reached", start_time=at(4))
    ContactNote.objects.create(contact=contact, text="Rings on Mondays.", author=ada, at=at(2))


def test_calls_voicemails_and_notes_stand_on_one_time_line_newest_first(client, maya, line, ada):
    history(maya, line, ada)

    assert told(client, maya) == [
        ("note", "Rings on Mondays."),
        ("voicemail", sid("CA", 2)),
        ("call", sid("CA", 3)),
        ("call", sid("CA", 1)),
    ]
    counts = client.get(url(maya, "timeline/"), secure=True).json()["counts"]
    assert {kind: counts[kind] for kind in ("call", "voicemail", "note")} == {"call": 2, "voicemail": 1, "note": 1}


def test_texts_stand_on_it_for_those_who_may_see_their_threads(client, maya, line, team):
    thread = Thread.objects.create(line=line, number=MAYA)
    Message.objects.create(thread=thread, direction="inbound", sender=MAYA, recipient=SUPPORT, body="Thank you!")
    Message.objects.create(
        thread=thread, direction="outbound", sender=SUPPORT, recipient=MAYA, body="Hello?", status="undelivered",
        problem="The number is not in service.", written_by=factories.make_agent("grace", team=team),
    )  # fmt: skip
    stranger = signed_in(factories.make_agent("stranger", team=factories.make_team("Sales")))

    page = client.get(url(maya, "timeline/"), secure=True).json()

    ours, theirs = [entry["text"] for entry in page["results"]]
    assert (theirs["incoming"], theirs["body"], theirs["state"]) == (True, "Thank you!", "")
    assert (ours["state"], ours["failed"], ours["author"]) == ("The number is not in service.", True, "Grace")
    assert page["counts"]["text"] == 2
    assert stranger.get(url(maya, "timeline/"), secure=True).json()["counts"]["text"] == 0


def test_it_is_read_by_kind_and_by_pages(client, maya, line, ada):
    history(maya, line, ada)
    assert [kind for kind, _ in told(client, maya, "kind=note&kind=voicemail")] == ["note", "voicemail"]

    read, address = [], url(maya, "timeline/?page_size=1")
    while address:
        page = client.get(address, secure=True).json()
        read += [entry["kind"] for entry in page["results"]]
        address = page["next"]

    assert read == ["note", "voicemail", "call", "call"]


def test_entries_of_one_moment_are_read_once_each_whatever_their_kinds(client, maya, line, ada):
    for number in range(1, 4):
        factories.make_call(number, contact=maya, line=line, result="answered", start_time=NOW)
        factories.make_call(number + 3, contact=maya, line=line, result="voicemail", start_time=NOW)
        ContactNote.objects.create(contact=maya, text=f"Note {number}", author=ada, at=NOW)
    whole = told(client, maya)

    read, address = [], url(maya, "timeline/?page_size=2")
    while address:
        page = client.get(address, secure=True).json()
        read += [(entry["kind"], entry["id"]) for entry in page["results"]]
        address = page["next"]

    assert len(set(read)) == len(read) == len(whole) == 9


def test_calls_that_an_agent_may_not_see_are_not_on_it(maya, line, ada):
    history(maya, line, ada)
    stranger = signed_in(factories.make_agent("stranger", team=factories.make_team("Sales")))

    assert [kind for kind, _ in told(stranger, maya)] == ["note"]
    assert stranger.get(url(maya, "timeline/"), secure=True).json()["counts"]["call"] == 0


@pytest.mark.parametrize("query", ["cursor=x", "cursor=eHx4fHg", "kind=fax", "kind=note&kind=fax"])
def test_what_cannot_be_read_is_refused_in_words(client, maya, query):
    answer = client.get(url(maya, f"timeline/?{query}"), secure=True)

    assert (answer.status_code, answer.json()["code"]) == (400, "validation")


@pytest.mark.parametrize("kind", ["note", "text"])
@pytest.mark.parametrize("pk", ["²", "abc", "", "٣", "9" * 200])
def test_a_cursor_that_somebody_has_made_up_is_refused_in_words(client, maya, kind, pk):
    cursor = Place(timezone.now(), kind, pk).encoded()
    answer = client.get(url(maya, f"timeline/?cursor={cursor}"), secure=True)

    assert (answer.status_code, answer.json()["code"]) == (400, "validation")


def test_a_note_says_who_wrote_it_and_is_changed_by_its_author_and_supervisors(client, supervisor, maya, team):
    note = post(client, url(maya, "notes/"), {"text": " Likes tea. "}).json()
    assert (note["text"], note["author"]["name"], note["may_edit"]) == ("Likes tea.", "Ada", True)
    colleague = signed_in(factories.make_agent("grace", team=team))
    address = url(maya, f"notes/{note['id']}/")

    assert post(colleague, address, {"text": "No."}, "PATCH").status_code == 403
    assert post(client, address, {"text": "Likes coffee."}, "PATCH").json()["edited_at"]
    assert post(supervisor, address, method="DELETE").status_code == 204
    assert not ContactNote.objects.exists()


def test_a_note_is_found_only_under_its_contact(client, ada, maya):
    note = note_add(factories.make_contact("Tom", "+12025550143"), text="Hello.", by=ada)

    assert post(client, url(maya, f"notes/{note.pk}/"), {"text": "No."}, "PATCH").status_code == 404


def say(client: Client, contact: Contact, state: str, **more: str):
    body = {"number": MAYA, "sender": SUPPORT, "state": state, "source": "spoken"} | more
    return post(client, url(contact, "consents/"), body)


def test_consent_is_recorded_with_its_history(client, maya, line):
    assert say(client, maya, "allowed", note="Asked on the phone").status_code == 201
    answer = say(client, maya, "forbidden").json()

    assert answer["senders"] == [{"sender": SUPPORT, "name": "Support", "display": "(202) 555-0100"}]
    assert [(row["state"], row["source"], row["by"]["name"]) for row in answer["history"]] == [
        ("forbidden", "spoken", "Ada"),
        ("allowed", "spoken", "Ada"),
    ]
    assert client.get(url(maya, "consents/"), secure=True).json() == answer


@pytest.mark.parametrize("sender", [SUPPORT, "MG" + "1" * 32])
def test_nobody_else_allows_texts_again_for_who_wrote_stop(client, maya, line, settings, sender):
    settings.TWILIO_MESSAGING_SERVICE_SID = "MG" + "1" * 32
    consent_record(MAYA, sender=sender, state=Consent.State.FORBIDDEN, source=Consent.Source.TEXT, note="STOP")

    answer = say(client, maya, "allowed")

    assert (answer.status_code, answer.json()["detail"]) == (
        409,
        "They wrote STOP. Only they can change that, by writing START to this number.",
    )
    assert Consent.objects.count() == 1


def test_consent_that_was_given_again_is_kept_as_what_it_is(client, maya, line):
    say(client, maya, "allowed", note="Asked on the phone")
    say(client, maya, "allowed", source="form", note="Form 4711")
    # Whoever presses twice has said it once.
    say(client, maya, "allowed", source="form", note="Form 4711")
    history = say(client, maya, "allowed", source="form", note="Form 4712").json()["history"]

    assert [(row["source"], row["note"]) for row in history] == [
        ("form", "Form 4712"),
        ("form", "Form 4711"),
        ("spoken", "Asked on the phone"),
    ]


def test_a_no_that_was_written_down_after_a_stop_does_not_hide_it(client, maya, line):
    consent_record(MAYA, sender=SUPPORT, state=Consent.State.FORBIDDEN, source=Consent.Source.TEXT, note="STOP")
    assert say(client, maya, "forbidden").status_code == 201

    assert say(client, maya, "allowed").status_code == 409
    consent_record(MAYA, sender=SUPPORT, state=Consent.State.ALLOWED, source=Consent.Source.TEXT, note="START")
    assert say(client, maya, "allowed").status_code == 201


@pytest.mark.parametrize("more", [{"number": "+12025550177"}, {"sender": "+12025550177"}, {"source": "text"}])
def test_consent_is_of_the_contacts_own_number_and_our_own_sender_and_never_said_in_their_stead(
    client, maya, line, more
):
    assert say(client, maya, "allowed", **more).status_code == 400


def test_a_blocked_contact_is_not_called_until_it_is_unblocked(client, maya, line, ada, twilio):
    page = post(client, url(maya, "block/"), {"reason": "Shouts"}).json()
    assert [(row["number"], row["reason"], row["by"]["name"]) for row in page["blocked"]] == [(MAYA, "Shouts", "Ada")]

    check = client.get(f"/api/v1/numbers/check/?number=%2B{MAYA[1:]}", secure=True).json()
    twilio.webhook(OUTGOING, outgoing(ada.pk, MAYA))

    sentence = "This number is blocked. Ask a supervisor to unblock it."
    assert (check["valid"], check["message"]) == (False, sentence)
    assert Call.objects.get().problem == sentence

    assert post(client, url(maya, "block/"), method="DELETE").json()["blocked"] == []
    assert client.get(f"/api/v1/numbers/check/?number=%2B{MAYA[1:]}", secure=True).json()["valid"]


def test_who_blocked_it_and_supervisors_may_unblock_and_no_colleague(client, supervisor, maya, team):
    post(client, url(maya, "block/"))
    colleague = signed_in(factories.make_agent("grace", team=team))

    assert post(colleague, url(maya, "block/"), method="DELETE").status_code == 403
    assert BlockedNumber.objects.exists()
    assert post(supervisor, url(maya, "block/"), method="DELETE").status_code == 200


def test_the_block_list_takes_numbers_however_they_are_written(client, supervisor):
    first = post(client, "/api/v1/blocked-numbers/", {"number": "202 555 0143"})
    again = post(supervisor, "/api/v1/blocked-numbers/", {"number": "+12025550143", "reason": "Other"})

    assert (first.status_code, again.status_code, again.json()["reason"]) == (201, 200, "")
    listed = client.get("/api/v1/blocked-numbers/", secure=True).json()["results"]
    assert [row["display"] for row in listed] == ["(202) 555-0143"]
    assert post(client, f"/api/v1/blocked-numbers/{listed[0]['id']}/", method="DELETE").status_code == 204


def test_two_contacts_are_merged_and_made_two_again(supervisor, maya):
    tom = factories.make_contact("M. Okonkwo", "+12025550143")

    page = post(supervisor, url(maya, "merge/"), {"contact": tom.pk}).json()
    assert [row["number"] for row in page["numbers"]] == [MAYA, "+12025550143"]
    assert [row["name"] for row in page["merges"]] == ["M. Okonkwo"]

    back = post(supervisor, url(maya, f"merges/{page['merges'][0]['id']}/undo/"))
    assert (back.status_code, back.json()["id"]) == (200, tom.pk)


def test_who_was_slower_than_a_change_merges_nothing(supervisor, maya):
    tom = factories.make_contact("Tom", "+12025550143")
    etag = supervisor.get(url(maya), secure=True)["ETag"]
    post(supervisor, url(maya), {"company": "New"}, "PATCH")

    answer = supervisor.post(
        url(maya, "merge/"), {"contact": tom.pk}, "application/json", secure=True, headers={"If-Match": etag}
    )

    assert answer.status_code == 412
    assert Contact.objects.count() == 2


@pytest.mark.parametrize("body", [{}, {"contact": 99999}, {"contact": "x"}])
def test_a_merge_with_nobody_is_refused_in_words(supervisor, maya, body):
    assert post(supervisor, url(maya, "merge/"), body).status_code == 400


def test_own_fields_owner_zone_and_language_are_kept_and_checked(client, maya, ada):
    from contacts.models import ContactField

    ContactField.objects.create(name="Customer no.", key="customer_no")
    body = {"own": {"customer_no": "TR-1"}, "owner": ada.pk, "language": "de", "time_zone": "Europe/Berlin"}
    page = post(client, url(maya), body, "PATCH").json()
    assert (page["own"], page["owner"]["name"], page["language"]) == ({"customer_no": "TR-1"}, "Ada", "de")
    assert page["guessed"] == {"language": "en", "time_zone": "America/New_York"}

    for wrong in ({"own": {"shoe": "44"}}, {"owner": 999}, {"language": "German"}, {"time_zone": "Mars/Base"}):
        assert post(client, url(maya), wrong, "PATCH").status_code == 400
    assert post(client, url(maya), {"own": {"customer_no": ""}, "owner": None}, "PATCH").json()["own"] == {}


def test_the_first_number_is_the_first_choice_and_what_is_known_of_a_line_stays(client, maya):
    maya.numbers.update(line_type="mobile")
    numbers = [{"number": "+12025550143", "label": "Office"}, {"number": MAYA}]

    page = post(client, url(maya), {"numbers": numbers}, "PATCH").json()

    assert [(row["number"], row["line_type"]) for row in page["numbers"]] == [("+12025550143", ""), (MAYA, "mobile")]


def test_a_contact_is_handed_over_as_json_and_as_a_vcard(client, maya, ada):
    note_add(maya, text="Likes tea.", by=ada)
    Contact.objects.filter(pk=maya.pk).update(company="Smith, Sons; Co", note="One\nTwo")

    as_json = client.get(url(maya, "export/"), secure=True)
    vcard = client.get(url(maya, "export/?as=vcard"), secure=True)

    assert as_json.json()["notes"][0]["text"] == "Likes tea."
    assert 'filename="Maya_Okonkwo.json"' in as_json["Content-Disposition"]
    lines = vcard.content.decode().split("\r\n")
    assert lines[:4] == ["BEGIN:VCARD", "VERSION:4.0", "FN:Maya Okonkwo", r"ORG:Smith\, Sons\; Co"]
    assert f"TEL;VALUE=uri;TYPE=voice;PREF=1:tel:{MAYA}" in lines
    assert r"NOTE:One\nTwo" in lines


def test_long_lines_of_a_vcard_are_folded_between_letters(client, maya):
    Contact.objects.filter(pk=maya.pk).update(note="ä" * 200)

    content = client.get(url(maya, "export/?as=vcard"), secure=True).content

    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    assert "ä" * 200 in content.decode().replace("\r\n ", "")
