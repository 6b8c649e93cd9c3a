"""A send that was started: who gets it, what stops it, and what is said of it."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import datetime, timedelta
from unittest.mock import patch

import pytest
from django.utils import timezone

from contacts.consents import consent_record
from contacts.models import BlockedNumber, Consent
from messaging.group_sends.feeding import feed
from messaging.group_sends.preparing import prepare_all
from messaging.group_sends.progress import LINE_OFF, refresh
from messaging.models import Direction, GroupRecipient, GroupSend, Message, Origin, Sender, Step, Thread
from messaging.outbox.claims import TOO_OLD
from messaging.services import message_write
from tests import factories
from tests.messaging.account import BUSY, LOST_500, OK, TAKEN_SILENT, Account, twilio_is
from tests.messaging.group_sends.sends import SENDS, Requests, later, make_group, make_people, make_supervisor, work
from tests.routing.outgoing.rows import hours

pytestmark = pytest.mark.django_db


@pytest.fixture
def hedy(team):
    return Requests(make_supervisor(team))


@pytest.fixture
def account():
    with twilio_is(Account()) as account:
        yield account


@pytest.fixture(autouse=True)
def _fast(settings):
    settings.MESSAGE_SEGMENTS_PER_SECOND = 10_000


def started(hedy, line, people, **values):
    draft = hedy.draft(line, groups=[make_group(*people, name=f"Group {len(people)} {timezone.now()}").pk], **values)
    return hedy.step(draft["id"], "start")


def deliver(*rows, status="delivered", code=""):
    Message.objects.filter(pk__in=[row.pk for row in rows]).update(status=status, error_code=code)


def test_everybody_gets_the_text_once_with_the_own_name(line, hedy, account):
    people = make_people(12)

    send = started(hedy, line, people)
    work()

    assert Counter(text["to"] for text in account.texts) == {one.numbers.get().number: 1 for one in people}
    assert {text["body"] for text in account.texts} == {f"Hello Person{index:03}" for index in range(12)}
    assert {text["from"] for text in account.texts} == {line.number}
    found = hedy.get(f"{SENDS}{send['id']}/")
    assert found["state"] == "finished"
    assert (found["progress"]["total"], found["progress"]["handed"], found["progress"]["on_the_way"]) == (12, 12, 12)


def test_who_is_left_out_gets_nothing(line, hedy, account):
    people = make_people(3)
    BlockedNumber.objects.create(number=people[1].numbers.get().number)

    send = started(hedy, line, people)
    work()

    assert [text["to"] for text in account.texts] == [people[0].numbers.get().number, people[2].numbers.get().number]
    (left_out,) = hedy.people(send["id"], show="left-out")
    assert (left_out["name"], left_out["why"], left_out["outcome"]) == ("Person001 Smith", "Blocked", "left-out")


def test_starting_twice_sends_once(line, hedy, account):
    send = started(hedy, line, make_people(3))
    again = hedy.step(send["id"], "start")
    work()

    assert again["state"] == "running"
    assert len(account.texts) == 3
    assert hedy.step(send["id"], "start")["state"] == "finished"


def test_who_is_added_to_the_group_later_gets_nothing(line, hedy, account):
    people = make_people(3)
    group = make_group(*people[:2])
    draft = hedy.draft(line, groups=[group.pk])
    hedy.step(draft["id"], "start")
    group.members.add(people[2])
    prepare_all()
    people[0].name = "Somebody Else"
    people[0].save()
    work()

    assert sorted(text["body"] for text in account.texts) == ["Hello Person000", "Hello Person001"]


def test_a_send_to_nobody_is_refused(line, hedy):
    draft = hedy.draft(line)

    assert hedy.step(draft["id"], "start", status=409)["detail"] == (
        "Nobody would get this text: everybody is left out."
    )


def test_who_replies_stop_a_minute_before_is_left_out_then(line, hedy, account):
    people = make_people(2)
    send = started(hedy, line, people)
    prepare_all()
    consent_record(
        people[0].numbers.get().number, sender=line.number, state=Consent.State.FORBIDDEN, source=Consent.Source.TEXT
    )
    work()

    assert [text["to"] for text in account.texts] == [people[1].numbers.get().number]
    (person,) = hedy.people(send["id"], show="to-look-at")
    assert (person["outcome_text"], person["what_now_text"]) == ("Not delivered", "left out from now on")
    assert "STOP" in person["why"]
    assert hedy.get(f"{SENDS}{send['id']}/")["progress"]["replied_stop"] == 1


def test_twilio_knows_of_a_stop_that_we_do_not(line, hedy, account):
    people = make_people(2)
    account.fate = lambda data: 21610 if data["To"] == people[0].numbers.get().number else OK
    started(hedy, line, people)
    work()
    consent = Consent.objects.get()

    assert (consent.number, consent.sender, consent.source) == (people[0].numbers.get().number, line.number, "twilio")
    assert hedy.draft(line, contacts=[people[0].pk])["summary"]["recipients"] == 0


def test_a_landline_is_remembered(line, hedy, account):
    (person,) = make_people(1)
    account.fate = lambda data: 21614
    started(hedy, line, [person])
    work()

    assert person.numbers.get().line_type == "landline"


def test_a_paused_send_sends_nothing_and_goes_on_where_it_was(line, hedy, account):
    send = started(hedy, line, make_people(4))
    assert hedy.step(send["id"], "pause")["state"] == "paused"
    assert hedy.step(send["id"], "pause")["state"] == "paused"
    work()
    assert account.texts == []

    assert hedy.step(send["id"], "resume")["state"] == "running"
    assert hedy.step(send["id"], "resume")["state"] == "running"
    work()
    assert len(account.texts) == 4


def test_what_waits_in_the_outbox_is_held_by_a_pause(line, hedy, account, settings):
    settings.MESSAGE_SEGMENTS_PER_SECOND = 0.01
    send = started(hedy, line, make_people(4))
    work()
    assert len(account.texts) == 1
    assert Message.objects.filter(step=Step.WAITING).count() == 3

    hedy.step(send["id"], "pause")
    settings.MESSAGE_SEGMENTS_PER_SECOND = 10_000
    Sender.objects.update(free_at=timezone.now())
    work()
    assert len(account.texts) == 1

    hedy.step(send["id"], "resume")
    work()
    assert len(account.texts) == 4


def test_a_canceled_send_never_goes_on(line, hedy, account):
    send = started(hedy, line, make_people(4))
    assert hedy.step(send["id"], "cancel")["state"] == "canceled"
    assert hedy.step(send["id"], "cancel")["state"] == "canceled"
    work()

    assert account.texts == []
    assert hedy.get(f"{SENDS}{send['id']}/")["progress"]["canceled"] == 4
    assert hedy.step(send["id"], "resume", status=409)["detail"] == "This send was canceled."


def test_a_line_that_is_switched_off_stops_its_sends(line, hedy, account, settings):
    settings.MESSAGE_SEGMENTS_PER_SECOND = 0.01
    send = started(hedy, line, make_people(4))
    at = timezone.now() + timedelta(hours=2)
    for_later = started(hedy, line, [factories.make_contact("Later", "+12025550177")], scheduled_for=at.isoformat())
    work()
    line.is_active = False
    line.save()
    refresh(send["id"])
    settings.MESSAGE_SEGMENTS_PER_SECOND = 10_000
    with patch.object(timezone, "now", return_value=at + timedelta(seconds=1)):
        work()

    assert len(account.texts) == 1
    for one in (send, for_later):
        found = hedy.get(f"{SENDS}{one['id']}/")
        assert (found["state"], found["problem"]) == ("stopped", LINE_OFF)
        assert hedy.step(one["id"], "resume", status=409)["detail"] == LINE_OFF

    line.is_active = True
    line.save()
    for one in (send, for_later):
        hedy.step(one["id"], "resume")
    with patch.object(timezone, "now", return_value=at + timedelta(hours=2)):
        work()
    assert len(account.texts) == 5


@pytest.mark.parametrize(
    ("name", "detail"),
    [
        ("pause", "This send was not started yet."),
        ("resume", "This send was not started yet."),
        ("retry", "This send was not started yet."),
    ],
)
def test_a_draft_is_neither_paused_nor_resumed(line, hedy, name, detail):
    draft = hedy.draft(line, contacts=[one.pk for one in make_people(1)])

    assert hedy.step(draft["id"], name, status=409)["detail"] == detail


def test_a_send_that_was_started_is_not_changed_any_more(line, hedy):
    send = started(hedy, line, make_people(1))

    assert hedy.ask("PATCH", f"{SENDS}{send['id']}/", {"body": "Other"}).status_code == 409
    assert hedy.ask("DELETE", f"{SENDS}{send['id']}/").status_code == 409


def test_a_draft_is_thrown_away(line, hedy):
    draft = hedy.draft(line)

    assert hedy.ask("DELETE", f"{SENDS}{draft['id']}/").status_code == 204
    assert not GroupSend.objects.exists()


def test_a_send_for_later_waits_until_then(line, hedy, account):
    at = timezone.now() + timedelta(hours=2)
    send = started(hedy, line, make_people(2), scheduled_for=at.isoformat())
    work()
    assert (send["state"], account.texts) == ("scheduled", [])

    with patch.object(timezone, "now", return_value=at + timedelta(seconds=1)):
        work()

    assert len(account.texts) == 2


def test_nobody_is_texted_by_night_at_the_own_place(line, hedy, account):
    london, (washington,) = "+442079460018", make_people(1)
    # Eight in the evening in London, three in the afternoon in Washington.
    evening = datetime.fromisoformat("2026-11-27T20:00:00+00:00")
    with patch.object(timezone, "now", return_value=evening):
        send = started(hedy, line, [washington], numbers=[london], body="Hi", keeps_hours=True)
        work()
        assert [text["to"] for text in account.texts] == [washington.numbers.get().number]
        assert hedy.get(f"{SENDS}{send['id']}/")["state"] == "running"

    morning = datetime.fromisoformat("2026-11-28T08:00:00+00:00")
    assert GroupRecipient.objects.get(number=london).due_at == morning
    with patch.object(timezone, "now", return_value=morning):
        work()

    assert [text["to"] for text in account.texts][1:] == [london]


def test_what_an_agent_writes_goes_before_what_is_sent_to_many(line, hedy, account, ada, settings):
    settings.MESSAGE_SEGMENTS_PER_SECOND = 0.01
    started(hedy, line, make_people(5))
    work()
    message_write(line, "+12025550142", "I am on my way", origin=Origin.AGENT, by=ada)
    work()

    assert [text["body"] for text in account.texts] == ["Hello Person000", "I am on my way"]


def test_a_text_to_many_moves_no_thread_up(line, hedy, account):
    people = make_people(2)
    message_write(line, people[1].numbers.get().number, "Hi", origin=Origin.AGENT)
    thread = Thread.objects.get()
    started(hedy, line, people)
    work()

    newest = Thread.objects.order_by("-last_at").first()
    assert (newest, newest.last_message_id) == (thread, thread.last_message_id)


def test_an_account_that_cannot_send_stops_the_send_and_it_goes_on_once_that_is_mended(line, hedy, account):
    people = make_people(30)
    account.fate = lambda data: 30034 if len(account.asked) > 3 else OK
    send = started(hedy, line, people)
    work(1)
    refresh(send["id"])

    found = hedy.get(f"{SENDS}{send['id']}/")
    assert (found["state"], found["problem"]) == (
        "stopped",
        "This line is not registered to text US numbers. Ask your admin.",
    )
    assert len(account.texts) == 3

    account.fate = lambda data: OK
    hedy.step(send["id"], "resume")
    work()

    assert Counter(text["to"] for text in account.texts) == {one.numbers.get().number: 1 for one in people}
    assert hedy.get(f"{SENDS}{send['id']}/")["state"] == "finished"


def test_only_those_are_tried_again_whose_phone_or_network_was_away(line, hedy, account):
    people = make_people(5)
    send = started(hedy, line, people)
    work()
    rows = list(Message.objects.order_by("pk"))
    deliver(rows[0])
    deliver(rows[1], status="undelivered", code="30003")
    deliver(rows[2], status="undelivered", code="30007")
    deliver(rows[3], status="failed", code="30005")
    Message.objects.filter(pk=rows[4].pk).update(step=Step.UNKNOWN, sid=None, status="")
    refresh(send["id"])

    progress = hedy.get(f"{SENDS}{send['id']}/")["progress"]
    assert (progress["delivered"], progress["not_delivered"], progress["unknown"]) == (1, 3, 1)
    assert (progress["retryable"], progress["to_look_at"], progress["delivered_percent"]) == (1, 4, 20.0)
    assert [(one["outcome"], one["what_now"]) for one in hedy.people(send["id"], show="to-look-at")] == [
        ("not-delivered", "try-again"),
        ("not-delivered", "help"),
        ("not-delivered", "left-out"),
        ("unknown", "ask"),
    ]

    before = len(account.texts)
    answer = hedy.step(send["id"], "retry")
    work()

    assert (answer["retried"], answer["send"]["state"]) == (1, "running")
    assert [text["to"] for text in account.texts[before:]] == [people[1].numbers.get().number]
    assert hedy.step(send["id"], "retry", status=409)["detail"] == (
        "There is nobody here to whom this text may be sent again."
    )


def test_one_person_is_tried_again(line, hedy, account):
    people = make_people(2)
    send = started(hedy, line, people)
    work()
    deliver(*Message.objects.all(), status="undelivered", code="30003")
    one, _ = hedy.people(send["id"], show="retryable")

    answer = hedy.ask("POST", f"{SENDS}{send['id']}/recipients/{one['id']}/retry/")
    work()

    assert answer.json()["outcome"] == "waiting"
    assert [text["to"] for text in account.texts[2:]] == [one["number"]]


def test_what_is_not_known_is_asked_for_and_never_sent(line, hedy, account, settings):
    (person,) = make_people(1)
    account.fate = lambda data: TAKEN_SILENT
    settings.MESSAGE_UNKNOWN_SECONDS = 0.0
    account.is_away = True
    send = started(hedy, line, [person])
    work(4)
    (row,) = hedy.people(send["id"], show="to-look-at")
    assert (row["outcome_text"], row["why"]) == ("Not known", "Twilio never said whether it took this text.")

    path = f"{SENDS}{send['id']}/recipients/{row['id']}/ask/"
    assert hedy.ask("POST", path).status_code == 502
    account.is_away = False
    assert hedy.ask("POST", path).json()["outcome"] == "on-the-way"
    work()

    assert len(account.texts) == 1


def test_a_silence_is_looked_up_and_not_sent_again(line, hedy, account):
    people = make_people(3)
    account.fate = lambda data: TAKEN_SILENT if len(account.asked) == 2 else OK
    started(hedy, line, people)
    work()

    assert Counter(text["to"] for text in account.texts) == {one.numbers.get().number: 1 for one in people}
    assert set(Message.objects.values_list("step", flat=True)) == {Step.TAKEN}


def test_a_failure_of_twilios_is_sent_again_once_twilio_is_seen_not_to_have_it(line, hedy, account):
    account.fate = lambda data: LOST_500 if len(account.asked) == 1 else OK
    started(hedy, line, make_people(1))
    work()
    assert account.texts == []
    assert Message.objects.get().looks == 1

    later(120)
    work()

    assert len(account.texts) == 1


def test_a_busy_twilio_lets_the_whole_sender_rest(line, hedy, account):
    account.fate = lambda data: BUSY if len(account.asked) == 1 else OK
    account.retry_after = "7"
    started(hedy, line, make_people(3))
    before = timezone.now()
    work()

    assert 6 < (Sender.objects.get().slow_until - before).total_seconds() < 9
    waiting = Message.objects.filter(step=Step.WAITING).count()
    with patch.object(timezone, "now", return_value=before + timedelta(seconds=10)):
        work()
    assert waiting >= 1
    assert len(account.texts) == 3


def test_replies_are_counted_and_listed(line, hedy, account):
    people = make_people(3)
    send = started(hedy, line, people)
    work()
    thread = Thread.objects.get(number=people[1].numbers.get().number)
    Message.objects.create(
        thread=thread, direction=Direction.INBOUND, sender=thread.number, recipient=line.number, body="Thanks"
    )
    Thread.objects.filter(pk=thread.pk).update(unread=1)
    refresh(send["id"])

    progress = hedy.get(f"{SENDS}{send['id']}/")["progress"]
    assert (progress["replies"], progress["replies_unread"]) == (1, 1)
    assert [one["name"] for one in hedy.people(send["id"], show="replies")] == ["Person001 Smith"]
    assert [one["answered"] for one in hedy.people(send["id"])] == [False, True, False]


def test_people_are_found_by_name_and_number(line, hedy):
    send = started(hedy, line, make_people(12))

    assert [one["name"] for one in hedy.people(send["id"], search="person007")] == ["Person007 Smith"]
    assert [one["name"] for one in hedy.people(send["id"], search="555-1003")] == ["Person003 Smith"]


def test_the_table_holds_everybody_and_no_formula(line, hedy, account):
    people = make_people(2)
    people[0].name = "=HYPERLINK(1)"
    people[0].save()
    BlockedNumber.objects.create(number=people[1].numbers.get().number)
    send = started(hedy, line, people, body="Hi")
    work()

    answer = hedy.ask("GET", f"{SENDS}{send['id']}/results/")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    head, *rows = list(csv.reader(io.StringIO(text)))

    assert answer["Content-Type"].startswith("text/csv")
    assert head[:4] == ["Name", "Number", "Outcome", "Why"]
    assert sorted(row[:4] for row in rows) == sorted(
        [
            ["'=HYPERLINK(1)", f"'{people[0].numbers.get().number}", "On the way", ""],
            ["Person001 Smith", f"'{people[1].numbers.get().number}", "Left out", "Blocked"],
        ]
    )


def test_one_to_myself_goes_out_alone_with_my_own_name(line, hedy, account):
    draft = hedy.draft(line, contacts=[one.pk for one in make_people(3)])

    answer = hedy.ask("POST", f"{SENDS}{draft['id']}/to-myself/", {"number": "(202) 555-0177"})
    work()

    assert answer.status_code == 201
    assert [(text["to"], text["body"]) for text in account.texts] == [("+12025550177", "Hello Hedy")]


def test_one_to_myself_is_one_however_often_it_is_asked_for(line, hedy, account):
    draft = hedy.draft(line, contacts=[one.pk for one in make_people(1)])
    path, number = f"{SENDS}{draft['id']}/to-myself/", {"number": "+12025550177"}

    first, again = (hedy.ask("POST", path, number).json()["id"] for _press in range(2))
    work()
    assert (first == again, len(account.texts)) == (True, 1)

    hedy.ask("PATCH", f"{SENDS}{draft['id']}/", {"body": "Hi {first name}"})
    hedy.ask("POST", path, number)
    work()
    assert [text["body"] for text in account.texts] == ["Hello Hedy", "Hi Hedy"]

    Message.objects.update(created_at=timezone.now() - timedelta(minutes=2))
    hedy.ask("POST", path, number)
    work()
    assert len(account.texts) == 3


def test_one_to_myself_does_not_go_to_a_line_nor_to_who_stopped(line, hedy, account, team):
    other = factories.make_line(team=team, number="+12025550199", name="Other")
    stopped, blocked = "+12025550177", "+12025550178"
    consent_record(stopped, sender=line.number, state=Consent.State.FORBIDDEN, source=Consent.Source.TEXT)
    BlockedNumber.objects.create(number=blocked)
    draft = hedy.draft(line, contacts=[one.pk for one in make_people(1)])

    said = {
        number: hedy.step(draft["id"], "to-myself", {"number": number}, status=409)["detail"]
        for number in (line.number, other.number, stopped, blocked)
    }
    work()

    assert said[line.number] == said[other.number] == "This is the number of a line. Type your own number."
    assert said[stopped] == "This number replied STOP and gets no texts until it writes START."
    assert said[blocked] == "This number is blocked."
    assert account.texts == []


def test_who_gets_too_long_a_text_is_left_out_and_the_others_get_it(line, hedy, account):
    short, long = make_people(2)
    long.company = "C" * 100
    long.save()
    short.company = "D"
    short.save()
    body = "a" * 1590 + "{company}"

    send = started(hedy, line, [short, long], body=body)
    work()

    assert [text["to"] for text in account.texts] == [short.numbers.get().number]
    (left_out,) = hedy.people(send["id"], show="left-out")
    assert (left_out["name"], left_out["why"]) == (long.name, "Filled in, the text is too long")
    assert send["summary"]["reasons"] == [
        {"reason": "too-long", "count": 1, "text": "for 1 the text, filled in, is too long"}
    ]


def test_what_could_not_be_sent_for_a_day_may_be_tried_again(line, hedy, account):
    send = started(hedy, line, make_people(2))
    feed(1000)
    old = Message.objects.order_by("pk")[:1]
    Message.objects.filter(pk__in=[one.pk for one in old]).update(
        attempts=11, created_at=timezone.now() - timedelta(days=2)
    )
    work()

    (person,) = hedy.people(send["id"], show="to-look-at")
    assert (person["why"], person["what_now"]) == (TOO_OLD, "try-again")
    assert hedy.get(f"{SENDS}{send['id']}/")["progress"]["retryable"] == 1
    assert hedy.step(send["id"], "retry")["retried"] == 1
    work()
    assert len(account.texts) == 2


def test_a_text_that_no_hours_allow_is_not_said_to_be_left_out_from_now_on(line, hedy, account):
    hours(weekdays="")
    send = started(hedy, line, make_people(1))
    work()

    (person,) = hedy.people(send["id"], show="to-look-at")
    assert (person["what_now"], person["what_now_text"]) == ("help", "What helps")
    assert person["help"] == "An admin can change the hours in which your company texts there."


def test_two_sends_of_one_line_share_its_pace_and_both_arrive(line, hedy, account):
    people = make_people(6)
    started(hedy, line, people, body="One")
    started(hedy, line, people, body="Two")
    work()

    assert Counter(text["body"] for text in account.texts) == {"One": 6, "Two": 6}


def test_a_bubble_names_the_send_that_it_was_part_of_also_once_it_was_sent_again(line, hedy, account):
    send = started(hedy, line, make_people(1), title="Harvest")
    work()
    deliver(Message.objects.get(), status="undelivered", code="30003")
    hedy.step(send["id"], "retry")
    work()
    thread = Thread.objects.get()
    message_write(line, thread.number, "Hello", origin=Origin.AGENT)

    entries = hedy.get(f"/api/v1/threads/{thread.pk}/messages/")["results"]

    assert [one["group_send"] for one in entries] == [
        None,
        {"id": send["id"], "title": "Harvest"},
        {"id": send["id"], "title": "Harvest"},
    ]


def test_a_thread_of_many_bubbles_reads_their_sends_at_once(line, hedy, account, django_assert_max_num_queries):
    people = make_people(1)
    for number in range(5):
        started(hedy, line, people, title=f"Send {number}")
        work()
    thread = Thread.objects.get()

    with django_assert_max_num_queries(14):
        entries = hedy.get(f"/api/v1/threads/{thread.pk}/messages/")["results"]

    assert len({one["group_send"]["title"] for one in entries}) == 5


def test_the_people_of_a_send_are_paged_in_its_order(line, hedy, account):
    """As the contract has it: `GET /api/v1/group-sends/{id}/recipients/`."""
    send = started(hedy, line, make_people(7))

    pages, path = [], f"{SENDS}{send['id']}/recipients/?page_size=3"
    while path:
        page = hedy.get(path)
        pages.append([one["name"] for one in page["results"]])
        path = page["next"]

    assert [len(page) for page in pages] == [3, 3, 1]
    assert [name for page in pages for name in page] == [f"Person{number:03} Smith" for number in range(7)]
    assert hedy.client.get(f"{SENDS}{send['id']}/recipients/?show=x", secure=True).status_code == 400
    assert hedy.client.get(f"{SENDS}{send['id']}/recipients/?cursor=x", secure=True).status_code == 400


def test_the_people_of_a_draft_are_paged_like_those_of_a_send(line, hedy):
    draft = hedy.draft(line, groups=[make_group(*make_people(120)).pk])

    pages, path = [], f"{SENDS}{draft['id']}/recipients/?page_size=100"
    while path:
        page = hedy.get(path)
        pages.append(page["results"])
        path = page["next"]

    assert [len(page) for page in pages] == [100, 20]
    assert len({one["number"] for page in pages for one in page}) == 120
    assert {one["id"] for page in pages for one in page} == {None}
