"""A draft says who gets the text, who is left out and why, and what it may cost. Nothing is sent."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from unittest.mock import patch

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contacts.consents import consent_record
from contacts.merging import contacts_merge
from contacts.models import BlockedNumber, Consent, Contact, ContactNumber
from messaging.group_sends import services
from messaging.group_sends.progress import LINE_OFF
from messaging.models import Direction, GroupRecipient, GroupSend, Message, ReadyText, Step, Thread
from messaging.services import thread_with
from tests import factories
from tests.messaging.group_sends.sends import SENDS, Requests, make_group, make_people, make_supervisor
from tests.messaging.texts import make_message

pytestmark = pytest.mark.django_db


def test_who_is_left_out_is_counted_with_the_reason(line, hedy):
    fine, stopped, objecting, blocked, landline, unknown, nameless = make_people(7)
    consent_record(
        objecting.numbers.get().number, sender=line.number, state=Consent.State.FORBIDDEN, source=Consent.Source.FORM
    )
    consent_record(
        stopped.numbers.get().number, sender=line.number, state=Consent.State.FORBIDDEN, source=Consent.Source.TEXT
    )
    BlockedNumber.objects.create(number=blocked.numbers.get().number)
    landline.numbers.update(line_type="landline")
    Message.objects.create(
        thread=thread_with(line, unknown.numbers.get().number),
        direction=Direction.OUTBOUND,
        sender=line.number,
        recipient=unknown.numbers.get().number,
        step=Step.TAKEN,
        status="undelivered",
        error_code="30005",
    )
    nameless.numbers.all().delete()
    group = make_group(fine, stopped, objecting, blocked, landline, unknown, nameless)

    draft = hedy.draft(line, groups=[group.pk], numbers=["not a number", "+12025559999"])

    summary = draft["summary"]
    assert (summary["chosen"], summary["recipients"], summary["left_out"]) == (9, 1, 8)
    assert {one["reason"]: one["text"] for one in summary["reasons"]} == {
        "invalid": "2 numbers are not valid",
        "stopped": "1 replied STOP",
        "objected": "1 told us: no texts",
        "blocked": "1 is blocked",
        "landline": "1 has a landline",
        "no-number": "1 has no number",
        "empty-field": "1 has nothing to fill a field with",
    }
    assert [person["name"] for person in hedy.people(draft["id"])] == ["Person000 Smith"]
    left_out = hedy.people(draft["id"], show="left-out")
    assert {person["why"] for person in left_out} == {
        "Replied STOP",
        "Told us: no texts",
        "Blocked",
        "Landline",
        "Number not valid",
        "No number",
        "A field is empty",
    }
    assert not GroupRecipient.objects.exists()
    assert draft["progress"] is None


def test_the_text_goes_to_the_number_that_stands_first(line, hedy):
    (person,) = make_people(1)
    ContactNumber.objects.filter(contact=person).update(position=2)
    first = ContactNumber.objects.create(contact=person, number="+12025559998", position=1)

    draft = hedy.draft(line, contacts=[person.pk])

    assert [one["number"] for one in hedy.people(draft["id"])] == [first.number]


NOT_IN_USE = {"status": "undelivered", "error_code": "30005"}
DELIVERED = {"status": "delivered"}
FROM_THEM = {"direction": Direction.INBOUND, "status": "received"}


@pytest.mark.parametrize(
    ("texts", "is_left_out"),
    [
        ([NOT_IN_USE], True),
        ([DELIVERED, NOT_IN_USE], True),
        ([NOT_IN_USE, DELIVERED], False),
        ([NOT_IN_USE, FROM_THEM], False),
        ([FROM_THEM, NOT_IN_USE], True),
        # Of one that is on its way, nobody knows yet.
        ([NOT_IN_USE, {"status": "sent"}], True),
    ],
)
def test_of_a_number_that_nobody_had_what_was_heard_last_counts(line, hedy, texts, is_left_out):
    (person,) = make_people(1)
    number = person.numbers.get().number
    for values in texts:
        make_message(thread_with(line, number), step=Step.TAKEN, **values)

    summary = hedy.draft(line, contacts=[person.pk])["summary"]

    assert summary["left_out"] == is_left_out


def test_consent_counts_for_the_sender_that_it_was_said_to(line, hedy, team):
    (person,) = make_people(1)
    other = factories.make_line(team=team, number="+12025550101", name="Sales")
    consent_record(
        person.numbers.get().number, sender=other.number, state=Consent.State.FORBIDDEN, source=Consent.Source.TEXT
    )

    assert hedy.draft(line, contacts=[person.pk])["summary"]["recipients"] == 1
    assert hedy.draft(other, contacts=[person.pk])["summary"]["recipients"] == 0


def test_nobody_is_there_twice_however_the_number_is_chosen(line, hedy):
    people = make_people(2)
    group = make_group(*people)
    number = people[0].numbers.get().number

    summary = hedy.draft(
        line,
        groups=[group.pk],
        contacts=[people[1].pk],
        numbers=[number, number.removeprefix("+1"), "+525512345678", "+5215512345678"],
        body="Hello",
    )["summary"]

    assert (summary["chosen"], summary["recipients"], summary["duplicates"]) == (3, 3, 3)


def test_a_contact_with_several_numbers_gets_it_on_the_mobile(line, hedy):
    (person,) = make_people(1)
    person.numbers.create(number="+12025552000", line_type="landline")
    person.numbers.create(number="+12025552001", line_type="mobile")

    draft = hedy.draft(line, contacts=[person.pk])

    assert [one["number"] for one in hedy.people(draft["id"])] == ["+12025552001"]


def test_of_several_numbers_that_one_is_texted_at_which_they_said_yes(line, hedy):
    (person,) = make_people(1)
    person.numbers.update(line_type="mobile")
    other = person.numbers.create(number="+12025552001").number
    consent_record(other, sender=line.number, state=Consent.State.ALLOWED, source=Consent.Source.FORM)

    draft = hedy.draft(line, contacts=[person.pk])

    assert [one["number"] for one in hedy.people(draft["id"])] == [other]


def test_who_wants_no_texts_at_one_number_gets_none_at_another(line, hedy):
    (person,) = make_people(1)
    first = person.numbers.get().number
    other = person.numbers.create(number="+12025552001", line_type="mobile").number
    for number, state in ((other, Consent.State.ALLOWED), (other, Consent.State.FORBIDDEN)):
        consent_record(number, sender=line.number, state=state, source=Consent.Source.TEXT)

    draft = hedy.draft(line, contacts=[person.pk])

    assert draft["summary"]["recipients"] == 0
    (left_out,) = hedy.people(draft["id"], show="left-out")
    assert (left_out["number"], first != other) == (other, True)
    assert [one["text"] for one in draft["summary"]["reasons"]] == ["1 replied STOP"]


def test_a_number_that_cannot_be_texted_leads_to_the_next(line, hedy):
    blocked, alone = make_people(2)
    for person in (blocked, alone):
        BlockedNumber.objects.create(number=person.numbers.get().number)
    other = blocked.numbers.create(number="+12025552001").number

    draft = hedy.draft(line, contacts=[blocked.pk, alone.pk])

    assert [one["number"] for one in hedy.people(draft["id"])] == [other]
    assert [one["text"] for one in draft["summary"]["reasons"]] == ["1 is blocked"]


def test_a_number_that_was_typed_is_no_double_of_one_that_gets_nothing(line, hedy):
    (person,) = make_people(1)
    first = person.numbers.get().number
    other = person.numbers.create(number="+12025552001").number
    BlockedNumber.objects.create(number=first)

    summary = hedy.draft(line, numbers=[first, other])["summary"]

    assert (summary["recipients"], summary["duplicates"]) == (1, 1)


def test_a_number_with_an_extension_is_not_texted(line, hedy):
    bob, tom = make_people(2)
    bob.numbers.update(extension="12")
    # Not even when it is the mobile that comes first.
    tom.numbers.update(extension="7", line_type="mobile")
    other = tom.numbers.create(number="+12025552001")

    draft = hedy.draft(line, contacts=[bob.pk, tom.pk])

    assert [one["number"] for one in hedy.people(draft["id"])] == [other.number]
    assert [one["text"] for one in draft["summary"]["reasons"]] == ["1 has only numbers with an extension"]
    (left_out,) = hedy.people(draft["id"], show="left-out")
    assert (left_out["name"], left_out["number"], left_out["why"]) == (bob.name, "", "Only numbers with an extension")


def test_the_longest_text_says_how_many_segments_and_the_dash_is_named(line, hedy):
    people = [*make_people(2), factories.make_contact("Bartholomew Okafor", "+12025553000")]
    body = "Hello {first name}, our warehouse is closed 24–28 December. " + "x" * 20

    summary = hedy.draft(line, contacts=[one.pk for one in people], body=body)["summary"]

    assert (summary["encoding"], summary["segments_each"], summary["letters"]) == ("UCS-2", 2, ["–"])
    assert summary["characters"] == len(body.replace("{first name}", "Bartholomew"))
    assert summary["segments"] == 6
    assert summary["plain_segments_each"] == 1
    assert "24-28" in summary["plain_body"]
    assert summary["people_not_plain"] == 3


def test_the_price_is_what_earlier_texts_to_that_country_cost(line, hedy, settings):
    people = make_people(3)
    settings.MESSAGE_PRICE_PER_SEGMENT = ""
    assert hedy.draft(line, contacts=[one.pk for one in people])["summary"]["price"] is None
    Message.objects.create(
        thread=thread_with(line, "+12025554000"),
        direction=Direction.OUTBOUND,
        sender=line.number,
        recipient="+12025554000",
        step=Step.TAKEN,
        status="delivered",
        num_segments=2,
        price=Decimal("0.0166"),
        price_unit="USD",
    )
    cache.clear()

    summary = hedy.draft(line, contacts=[one.pk for one in people])["summary"]

    assert summary["price"] == {"amount": "0.02", "unit": "USD"}


def test_a_country_that_nothing_is_known_of_has_no_price_unless_the_settings_say_one(line, hedy, settings):
    settings.MESSAGE_PRICE_PER_SEGMENT = "0.04 GBP"

    assert hedy.draft(line, numbers=["+442079460018"], body="Hi")["summary"]["price"] == {
        "amount": "0.04",
        "unit": "GBP",
    }


def test_it_says_how_long_the_line_takes(line, hedy):
    people = make_people(30)

    assert hedy.draft(line, contacts=[one.pk for one in people])["summary"]["seconds"] == 30.0


def test_a_field_that_nobody_has_is_refused_with_those_there_are(line, hedy):
    answer = hedy.ask("POST", SENDS, {"line": line.pk, "body": "Hello {shoe size}"})

    assert answer.status_code == 400
    assert "{shoe size}" in answer.json()["detail"]
    assert "{first name}" in answer.json()["detail"]


@pytest.mark.parametrize(
    "body",
    [
        {}, {"line": 1}, {"line": "x", "body": "a"}, {"body": "a" * 1601}, {"body": "a", "groups": ["x"]},
        {"body": "a", "groups": [99]}, {"body": "a", "contacts": [99]}, {"body": "a", "numbers": "5"},
        {"body": "a", "scheduled_for": "soon"}, {"body": "a", "scheduled_for": "2999-01-01T00:00:00Z"},
        {"body": "a", "hours_from": "25:00"}, {"body": "a", "hours_from": "08:00", "hours_until": "08:00"},
        {"body": "a", "group": 1}, {"body": "  "}, [], "x",
    ],
)  # fmt: skip
def test_bad_input_is_an_answer(line, hedy, body):
    if isinstance(body, dict) and "body" in body:
        body = {"line": line.pk} | body

    assert hedy.ask("POST", SENDS, body).status_code == 400
    assert not GroupSend.objects.exists()


def test_a_change_says_again_who_gets_it(line, hedy):
    people = make_people(2)
    draft = hedy.draft(line, contacts=[people[0].pk])

    changed = hedy.ask("PATCH", f"{SENDS}{draft['id']}/", {"contacts": [one.pk for one in people]}).json()

    assert changed["summary"]["recipients"] == 2
    assert changed["body"] == draft["body"]
    assert changed["revision"] > draft["revision"]


CHANGED = "Somebody else has just changed this draft. Read it again."
OTHERS = "Who gets this text has changed. Look at it again before you send it."


def test_a_draft_that_somebody_else_has_changed_is_not_changed_unread(line, hedy):
    draft = hedy.draft(line, body="One")
    path, revision = f"{SENDS}{draft['id']}/", draft["revision"]
    assert hedy.ask("PATCH", path, {"body": "Two", "revision": revision}).json()["body"] == "Two"

    answer = hedy.ask("PATCH", path, {"body": "Three", "revision": revision})

    assert (answer.status_code, answer.json()["detail"]) == (409, CHANGED)
    assert hedy.get(path)["body"] == "Two"
    assert hedy.ask("PATCH", path, {"body": "Four"}).json()["body"] == "Four"


def test_what_is_started_is_what_was_read(line, hedy):
    draft = hedy.draft(line, body="One", contacts=[one.pk for one in make_people(1)])
    changed = hedy.ask("PATCH", f"{SENDS}{draft['id']}/", {"body": "Two"}).json()

    assert hedy.step(draft["id"], "start", {"revision": draft["revision"]}, status=409)["detail"] == CHANGED
    assert hedy.get(f"{SENDS}{draft['id']}/")["state"] == "draft"
    assert hedy.step(draft["id"], "start", {"revision": changed["revision"]})["body"] == "Two"
    # Whoever presses twice is answered the same.
    assert hedy.step(draft["id"], "start", {"revision": changed["revision"]})["state"] == "running"


def says_stop(line, person):
    number = person.numbers.get().number
    consent_record(number, sender=line.number, state=Consent.State.FORBIDDEN, source=Consent.Source.TEXT)


def leaves_the_group(line, person):
    person.groups.clear()


def becomes_part_of_another(line, person):
    survivor = Contact.objects.exclude(pk=person.pk).earliest("pk")
    contacts_merge(survivor_id=survivor.pk, gone_id=person.pk, by=None)


@pytest.mark.parametrize("happens", [says_stop, leaves_the_group, becomes_part_of_another])
def test_a_draft_that_is_read_again_says_who_would_get_it_now(line, hedy, happens):
    people = make_people(3)
    draft = hedy.draft(line, groups=[make_group(*people).pk])
    happens(line, people[2])

    now = hedy.get(f"{SENDS}{draft['id']}/")

    assert (draft["summary"]["recipients"], now["summary"]["recipients"]) == (3, 2)
    assert now["summary"]["segments"] == 2
    assert [one["reason"] for one in now["summary"]["reasons"]] == (["stopped"] if happens is says_stop else [])
    # Who has read that may change and start it, and is told the same.
    assert hedy.get(f"{SENDS}{draft['id']}/")["revision"] == now["revision"]
    started = hedy.step(draft["id"], "start", {"revision": now["revision"]})
    assert (started["summary"]["recipients"], started["progress"]["total"]) == (2, 2)


@pytest.mark.parametrize("is_read_by_another", [False, True])
def test_a_send_that_would_go_to_others_than_was_read_is_not_started(line, hedy, is_read_by_another):
    people = make_people(3)
    draft = hedy.draft(line, contacts=[one.pk for one in people])
    path = f"{SENDS}{draft['id']}/"
    says_stop(line, people[0])
    if is_read_by_another:
        hedy.get(path)

    answer = hedy.step(draft["id"], "start", {"revision": draft["revision"]}, status=409)

    assert answer["detail"] == (CHANGED if is_read_by_another else OTHERS)
    now = hedy.get(path)
    assert (now["state"], now["summary"]["recipients"]) == ("draft", 2)
    assert hedy.step(draft["id"], "start", {"revision": now["revision"]})["progress"]["total"] == 2


def test_a_send_that_would_go_to_as_many_others_is_not_started(line, hedy):
    """One has left the group, and another has come."""
    first, second, newcomer = make_people(3)
    group = make_group(first, second)
    draft = hedy.draft(line, groups=[group.pk])
    first.groups.clear()
    newcomer.groups.add(group)

    answer = hedy.step(draft["id"], "start", {"revision": draft["revision"]}, status=409)

    assert answer["detail"] == OTHERS
    now = hedy.get(f"{SENDS}{draft['id']}/")
    assert hedy.step(draft["id"], "start", {"revision": now["revision"]})["progress"]["total"] == 2


def test_a_send_that_would_say_something_else_than_was_read_is_not_started(line, hedy):
    people = make_people(2, company="Lamps Ltd")
    body = "Hello from {company}. What you ordered is ready, and waits for you at our counter until Saturday."
    draft = hedy.draft(line, body=body, contacts=[one.pk for one in people])
    Contact.objects.filter(pk=people[0].pk).update(company="Lamp & Lantern, of the Upper Harbour " * 3)

    answer = hedy.step(draft["id"], "start", {"revision": draft["revision"]}, status=409)

    assert answer["detail"] == "What this text says to some people has changed. Look at it again before you send it."
    now = hedy.get(f"{SENDS}{draft['id']}/")
    assert (draft["summary"]["segments"], now["summary"]["segments"]) == (2, 3)
    assert hedy.step(draft["id"], "start", {"revision": now["revision"]})["summary"]["segments"] == 3


def test_a_send_that_would_go_to_nobody_any_more_says_so(line, hedy):
    (person,) = make_people(1)
    draft = hedy.draft(line, contacts=[person.pk])
    says_stop(line, person)

    answer = hedy.step(draft["id"], "start", {"revision": draft["revision"]}, status=409)

    assert answer["detail"] == "Nobody would get this text: everybody is left out."
    assert hedy.get(f"{SENDS}{draft['id']}/")["summary"]["recipients"] == 0


def test_whoever_starts_a_send_without_having_read_it_is_told_whom_it_goes_to_now(line, hedy):
    people = make_people(3)
    draft = hedy.draft(line, contacts=[one.pk for one in people])
    says_stop(line, people[0])

    started = hedy.step(draft["id"], "start")

    assert (started["state"], started["summary"]["recipients"], started["progress"]["total"]) == ("running", 2, 2)


def test_nobody_is_gone_through_for_a_list_of_drafts(line, hedy):
    hedy.draft(line, contacts=[one.pk for one in make_people(2)])

    with patch.object(services, "audience_of", side_effect=AssertionError):
        assert [one["summary"]["recipients"] for one in hedy.get(SENDS)["results"]] == [2]


def test_a_list_of_sends_names_their_groups_at_once_and_not_all_who_were_chosen(line, hedy):
    people = make_people(2)
    groups = [make_group(*people, name=f"Group {number}") for number in range(3)]
    chosen = {"contacts": [one.pk for one in people], "numbers": ["+12025559999"]}

    def read() -> int:
        with CaptureQueriesContext(connection) as queries:
            hedy.get(SENDS)
        return len(queries)

    hedy.draft(line, groups=[groups[0].pk], **chosen)
    alone = read()
    drafts = [hedy.draft(line, groups=[group.pk], **chosen) for group in groups]

    assert read() == alone
    found = hedy.get(SENDS)["results"]
    assert [one["groups"][0]["name"] for one in found] == ["Group 2", "Group 1", "Group 0", "Group 0"]
    assert [one for one in found if "contacts" in one or "numbers" in one] == []
    assert hedy.get(f"{SENDS}{drafts[0]['id']}/")["numbers"] == ["+12025559999"]


@pytest.mark.parametrize(("minutes", "status"), [(-2, 409), (0, 200), (5, 200)])
def test_a_send_whose_time_is_past_is_not_started_as_if_it_were_to_come(line, hedy, minutes, status):
    at = timezone.now() + timedelta(minutes=minutes)
    people = [one.pk for one in make_people(1)]
    draft = hedy.draft(line, contacts=people, scheduled_for=at.isoformat())

    answer = hedy.step(draft["id"], "start", {"revision": draft["revision"]}, status=status)

    if status == 409:
        assert answer["detail"] == "The time of this send is past. Choose a later one, or send it now."
        assert hedy.get(f"{SENDS}{draft['id']}/")["state"] == "draft"
        # Of a program that has not read it nobody was promised anything.
        assert hedy.step(draft["id"], "start")["state"] == "running"


@pytest.mark.parametrize("body", [{"revision": "x"}, {"revision": -1}, {"revisions": 1}, [], "x"])
def test_a_start_with_bad_input_is_an_answer(line, hedy, body):
    draft = hedy.draft(line, contacts=[one.pk for one in make_people(1)])

    hedy.step(draft["id"], "start", body, status=400)
    assert hedy.get(f"{SENDS}{draft['id']}/")["state"] == "draft"


@pytest.mark.parametrize("end", [{"hours_until": "08:00"}, {"hours_from": "20:00"}])
def test_hours_that_end_when_they_begin_are_refused_also_when_one_end_is_changed(line, hedy, end):
    draft = hedy.draft(line)

    for answer in (
        hedy.ask("PATCH", f"{SENDS}{draft['id']}/", end),
        hedy.ask("POST", SENDS, {"line": line.pk, "body": "Hi"} | end),
    ):
        (wrong,) = answer.json()["errors"]
        assert (answer.status_code, wrong["field"], wrong["detail"]) == (
            *(400, "hours_until"),
            "The hours end when they begin.",
        )
    assert hedy.get(f"{SENDS}{draft['id']}/")["hours_until"] == "20:00"


def test_a_line_that_is_not_in_use_sends_nothing(line, hedy):
    draft = hedy.draft(line, contacts=[one.pk for one in make_people(1)])
    line.is_active = False
    line.save()

    assert hedy.step(draft["id"], "start", status=409)["detail"] == LINE_OFF
    assert hedy.get(f"{SENDS}{draft['id']}/")["state"] == "draft"


def test_a_draft_is_not_canceled_but_thrown_away(line, hedy):
    draft = hedy.draft(line)

    assert hedy.step(draft["id"], "cancel", status=409)["detail"] == "This send was not started yet."
    # As it could be once.
    GroupSend.objects.update(state="canceled")
    assert hedy.ask("DELETE", f"{SENDS}{draft['id']}/").status_code == 204


def test_without_a_title_it_is_called_as_it_begins(line, hedy):
    assert hedy.draft(line, body="Our warehouse\nis closed")["title"] == "Our warehouse is closed"


def test_agents_see_what_supervisors_write_and_write_nothing(line, hedy, ada, stranger):
    draft = hedy.draft(line, contacts=[one.pk for one in make_people(1)])
    agent = Requests(ada)

    assert agent.get(f"{SENDS}{draft['id']}/")["title"]
    assert agent.ask("POST", SENDS, {"line": line.pk, "body": "Hi"}).status_code == 403
    for name in ("start", "pause", "resume", "cancel", "retry"):
        assert agent.ask("POST", f"{SENDS}{draft['id']}/{name}/").status_code == 403
    assert agent.ask("PATCH", f"{SENDS}{draft['id']}/", {"body": "Hi"}).status_code == 403
    assert agent.ask("DELETE", f"{SENDS}{draft['id']}/").status_code == 403
    assert Requests(stranger).ask("GET", f"{SENDS}{draft['id']}/").status_code == 404
    assert Requests(stranger).get(SENDS)["results"] == []


def test_a_supervisor_of_another_team_does_not_write_from_the_line(line, stranger):
    other = Requests(make_supervisor(stranger.teams.get(), "joan"))

    assert other.ask("POST", SENDS, {"line": line.pk, "body": "Hi"}).status_code == 403


@pytest.mark.parametrize("name", ["id", "number"])
def test_a_line_is_named_by_id_or_number_wherever_texts_are_asked_for(line, hedy, name):
    """In a draft, its change, and in the lists of sends, threads, calls and ready-made texts."""
    named = line.pk if name == "id" else line.number
    Thread.objects.create(line=line, number="+12025550142")
    factories.make_call(1, line=line)
    ReadyText.objects.create(name="Hours", body="We are open.", line=line)

    draft = hedy.ask("POST", SENDS, {"line": named, "body": "Hello"}).json()
    changed = hedy.ask("PATCH", f"{SENDS}{draft['id']}/", {"line": named})
    lists = [
        hedy.client.get(path, {"line": named}, secure=True).json()
        for path in (SENDS, "/api/v1/threads/", "/api/v1/calls/", "/api/v1/ready-texts/")
    ]

    assert (draft["line"]["id"], changed.json()["line"]["id"]) == (line.pk, line.pk)
    assert [len(found["results"]) for found in lists[:3]] == [1, 1, 1]
    assert len(lists[3]) == 1


@pytest.mark.parametrize("path", [SENDS, "/api/v1/threads/", "/api/v1/calls/"])
def test_of_a_line_that_is_none_nothing_is_listed_and_what_is_no_name_is_refused(line, hedy, path):
    Thread.objects.create(line=line, number="+12025550142")
    factories.make_call(1, line=line)
    hedy.draft(line)

    def answer(name: str) -> tuple[int, dict]:
        found = hedy.client.get(path, {"line": name}, secure=True)
        return found.status_code, found.json()

    # A plus that was not quoted is a space.
    assert len(answer(line.number.replace("+", " "))[1]["results"]) == 1
    for nobody in ("+12025550199", "999999999999999"):
        assert answer(nobody) == (200, {"next": None, "previous": None, "results": []})
    for wrong in ("x", "+", "\x00", "٣", "9" * 40, "-1"):
        assert answer(wrong)[0] == 400, wrong


@pytest.mark.parametrize("name", [0, -1, "", "x", "+12025550199", "\x00", None, [1], {"id": 1}, True])
def test_a_draft_of_no_line_of_ours_is_refused(line, hedy, name):
    answer = hedy.ask("POST", SENDS, {"line": name, "body": "Hello"})

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == ["line"]


@pytest.mark.parametrize("code", ["21614", "30006"])
def test_a_landline_that_is_no_contacts_is_left_out_from_then_on(line, hedy, code):
    stranger = "+12025559998"
    make_message(thread_with(line, stranger), step=Step.TAKEN, status="undelivered", error_code=code)

    summary = hedy.draft(line, body="Hello", numbers=[stranger])["summary"]
    assert [one["reason"] for one in summary["reasons"]] == ["landline"]

    # It takes texts after all.
    make_message(thread_with(line, stranger), **FROM_THEM)
    assert hedy.draft(line, body="Hello", numbers=[stranger])["summary"]["left_out"] == 0


def test_what_has_an_extension_is_not_texted(line, hedy):
    summary = hedy.draft(line, body="Hello", numbers=["+1 202 555 9998 ext 5"])["summary"]

    assert [one["reason"] for one in summary["reasons"]] == ["invalid"]


def test_the_number_of_the_line_that_sends_is_left_out_and_that_of_another_line_is_not(line, hedy, team):
    other = factories.make_line(team=team, number="+12025550101", name="Sales")
    ours = factories.make_contact("Our switchboard", line.number)

    typed = hedy.draft(line, body="Hello", numbers=[line.number, other.number])
    chosen = hedy.draft(line, body="Hello", contacts=[ours.pk])

    assert [one["number"] for one in hedy.people(typed["id"])] == [other.number]
    for draft in (typed, chosen):
        assert [(one["reason"], one["count"]) for one in draft["summary"]["reasons"]] == [("invalid", 1)]
