"""Threads and texts over REST: who sees which, what is sent once, and what is refused."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import timedelta

import pytest
from django.utils import timezone

from contacts.models import BlockedNumber, Consent, ContactNumber, LineType
from messaging.models import Message, ReadyText, Step, Thread, ThreadReader
from routing.models import Line
from tests import factories
from tests.messaging.texts import INCOMING, get, make_message, make_thread, send, signed_in, text
from tests.twilio import CALLER, SUPPORT, sid

pytestmark = pytest.mark.django_db

THREADS = "/api/v1/threads/"
MESSAGES = "/api/v1/messages/"


@pytest.fixture
def client(ada):
    return signed_in(ada)


@pytest.fixture
def admin(db):
    return factories.make_agent("admin", is_superuser=True, is_staff=True)


@pytest.fixture
def sales(db) -> Line:
    return factories.make_line(name="Sales", number="+12025550101", team=factories.make_team("Sales"))


def forbid(number: str = CALLER, sender: str = SUPPORT) -> None:
    Consent.objects.create(number=number, sender=sender, state="forbidden", source="text", note="STOP")


# --- Who sees what ------------------------------------------------------------------------------------------------


def test_an_agent_sees_the_threads_of_the_own_teams_lines_and_an_admin_all(client, admin, line, sales):
    make_thread(line)
    other = make_thread(sales)

    assert [row["line"]["name"] for row in get(client, THREADS).json()["results"]] == ["Support"]
    assert len(get(signed_in(admin), THREADS).json()["results"]) == 2
    for path in ("", "timeline/", "messages/"):
        assert get(client, f"{THREADS}{other.pk}/{path}").status_code == 404
    for path, body in (("messages/", {"body": "x"}), ("assign/", {"agent": None}), ("read/", {"up_to": 1})):
        assert send(client, f"{THREADS}{other.pk}/{path}", body).status_code == 404


def test_nobody_texts_from_a_line_of_another_team(client, sales):
    for line in (str(sales.pk), sales.number, "0", "nonsense"):
        answer = send(client, MESSAGES, {"line": line, "to": CALLER, "body": "Hello"})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "line")
    assert not Message.objects.exists()


# --- The list -----------------------------------------------------------------------------------------------------


def test_the_list_says_whose_a_thread_is_and_what_was_written_last(client, twilio, line, ada):
    factories.make_contact("Maya Okonkwo", CALLER)
    twilio.webhook(INCOMING, text(Body="Is it ready?"))
    Thread.objects.update(assigned_to=ada)

    (row,) = get(client, THREADS).json()["results"]
    assert row["contact"]["name"] == "Maya Okonkwo"
    assert row["assigned_to"]["id"] == ada.pk
    assert (row["last"]["body"], row["last"]["state"], row["unread"]) == ("Is it ready?", "received", 1)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, {"1", "2", "3"}), ({"show": "mine"}, {"1"}), ({"show": "nobody"}, {"2", "3"}), ({"unread": "true"}, {"2"}),
        ({"search": "SOFA"}, {"3"}), ({"search": "okon"}, {"1"}), ({"search": "0152"}, {"2"}), ({"search": "%"}, set()),
        ({"number": "+12025550153"}, {"3"}), ({"search": "\x00"}, {"1", "2", "3"}),
    ],
)  # fmt: skip
def test_the_list_can_be_narrowed(client, line, ada, query, found):
    factories.make_contact("Maya Okonkwo", "+12025550151")
    make_thread(line, "+12025550151", assigned_to=ada)
    make_thread(line, "+12025550152", unread=2)
    make_message(make_thread(line, "+12025550153"), body="Your sofa is here.")

    rows = get(client, THREADS, **query).json()["results"]
    assert {row["number"][-1] for row in rows} == found


@pytest.mark.parametrize("search", ["020 7946 0018", "020 79", "+44 (0)20 7946 0018"])
def test_a_thread_is_found_by_its_number_as_it_is_shown(client, line, settings, search):
    settings.HOME_REGION = "GB"
    make_thread(line, "+442079460018")
    make_thread(line, "+12025550152")

    assert [row["number"] for row in get(client, THREADS, search=search).json()["results"]] == ["+442079460018"]


@pytest.mark.parametrize("query", [{"show": "hers"}, {"unread": "maybe"}, {"line": "x"}, {"cursor": "x"}])
def test_a_list_that_makes_no_sense_is_refused_in_words(client, line, query):
    assert get(client, THREADS, **query).status_code == 400


def test_the_list_comes_by_pages(client, line):
    for number in range(7):
        make_thread(line, f"+1202555016{number}")

    first = get(client, THREADS, page_size=4).json()
    second = client.get(first["next"], secure=True).json()
    assert len({row["id"] for row in first["results"] + second["results"]}) == 7


def test_pages_end_and_repeat_nothing_when_many_threads_are_of_one_moment(client, line):
    at = timezone.now()
    rows = [Thread(line=line, number=f"+1202556{number:04}", last_at=at) for number in range(1150)]
    Thread.objects.bulk_create([*rows, Thread(line=line, number="+12025570000", last_at=at - timedelta(days=1))])

    pages = [get(client, THREADS, page_size=100).json()]
    while address := pages[-1]["next"]:
        pages.append(client.get(address, secure=True).json())
        assert len(pages) <= 12
    there = [row["id"] for page in pages for row in page["results"]]
    assert there == list(Thread.objects.order_by("-last_at", "-pk").values_list("pk", flat=True))

    back = [pages[-1]]
    while address := back[-1]["previous"]:
        back.append(client.get(address, secure=True).json())
        assert len(back) <= 12
    assert [row["id"] for page in reversed(back) for row in page["results"]] == there


@pytest.mark.parametrize(
    "place",
    [
        "x", "[]", '["n"]', '["n", "2026-11-23T09:30:00Z", "1", "2"]', '["x", "2026-11-23T09:30:00Z", "1"]',
        '["n", "2026-11-23", "1"]', '["n", "0001-01-01T00:00:00+14:00", "1"]', '["n", "2026-11-23T09:30:00Z", 1]',
        '["n", "2026-11-23T09:30:00Z", "' + "9" * 30 + '"]', '["n", "2026-11-23T09:30:00Z", "\\ud800"]',
        '["n", "2026-11-23T09:30:00Z", "\\u0000"]', '{"n": 1}', "[" * 900,
    ],
)  # fmt: skip
def test_a_cursor_that_nobody_gave_is_refused(client, place):
    cursor = urlsafe_b64encode(place.encode()).decode().rstrip("=")

    assert get(client, THREADS, cursor=cursor).json()["errors"][0]["field"] == "cursor"


def test_texts_of_a_blocked_number_are_no_news_when_the_thread_is_given_away(client, twilio, line, ada):
    twilio.webhook(INCOMING, text(1))
    thread = Thread.objects.get()
    first = thread.last_message_id
    BlockedNumber.objects.create(number=CALLER)
    twilio.webhook(INCOMING, text(2))

    assert send(client, f"{THREADS}{thread.pk}/assign/", {"agent": ada.pk}).json()["unread"] == 1
    assert send(client, f"{THREADS}{thread.pk}/read/", {"up_to": first}).json()["unread"] == 0
    # And once it is unblocked, they were there all the time.
    BlockedNumber.objects.all().delete()
    assert send(client, f"{THREADS}{thread.pk}/assign/", {"agent": None}).json()["unread"] == 0


# --- The time line ------------------------------------------------------------------------------------------------


def test_texts_calls_and_what_was_said_of_texts_stand_together(client, twilio, line, ada):
    twilio.webhook(INCOMING, text(1, Body="STOP"))
    thread = Thread.objects.get()
    now = timezone.now()
    factories.make_call(
        1, line=line, agent=ada, direction="inbound", result="answered", start_time=now, note="Wants calls."
    )

    found = get(client, f"{THREADS}{thread.pk}/timeline/").json()
    assert [entry["kind"] for entry in found["results"]] == ["call", "consent", "message"]
    assert found["results"][0]["call"]["note"] == "Wants calls."
    assert found["results"][1]["consent"]["note"] == "STOP"
    assert found["next"] is None


def test_older_entries_come_by_pages_and_none_twice(client, line):
    thread = make_thread(line)
    for _ in range(5):
        make_message(thread)

    page = get(client, f"{THREADS}{thread.pk}/timeline/", page_size=2).json()
    seen = [entry["id"] for entry in page["results"]]
    while page["next"]:
        page = client.get(page["next"], secure=True).json()
        seen += [entry["id"] for entry in page["results"]]
    assert len(seen) == len(set(seen)) == 5


@pytest.mark.parametrize("size", [1, 2, 3])
def test_entries_of_one_moment_are_all_read_wherever_a_page_ends(client, line, size):
    thread, now = make_thread(line), timezone.now()
    made = [make_message(thread, created_at=now - timedelta(seconds=second)).pk for second in (0, 1, 1, 1, 1, 2)]

    page = get(client, f"{THREADS}{thread.pk}/timeline/", page_size=size).json()
    seen = [entry["message"]["id"] for entry in page["results"]]
    while page["next"]:
        page = client.get(page["next"], secure=True).json()
        seen += [entry["message"]["id"] for entry in page["results"]]
    assert seen == [made[0], *made[4:0:-1], made[5]]


# --- Writing ------------------------------------------------------------------------------------------------------


def test_a_text_is_put_on_the_work_list(client, line, ada):
    answer = send(client, MESSAGES, {"line": SUPPORT, "to": "(202) 555-0142", "body": " Yes:\nsince noon. "})

    assert answer.status_code == 201, answer.content
    message = Message.objects.get()
    assert (message.step, message.sender, message.recipient) == (Step.WAITING, SUPPORT, CALLER)
    assert (message.body, message.written_by, message.origin) == ("Yes:\nsince noon.", ada, "agent")
    assert answer.json()["state"] == "waiting"
    assert Thread.objects.get().last_message == message


@pytest.mark.parametrize("way", ["header", "body"])
def test_the_same_key_is_the_same_text(client, line, way):
    body = {"line": SUPPORT, "to": CALLER, "body": "Hello"} | ({"key": "one"} if way == "body" else {})
    headers = {"Idempotency-Key": "one"} if way == "header" else {}

    answers = [send(client, MESSAGES, body, **headers) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    assert Message.objects.count() == 1


def test_a_key_is_its_agents_own_and_no_other_texts(client, line, grace):
    body = {"line": SUPPORT, "to": CALLER, "body": "Hello", "key": "one"}
    send(client, MESSAGES, body)

    assert send(signed_in(grace), MESSAGES, body).status_code == 201
    assert send(client, MESSAGES, body | {"body": "Good bye"}).status_code == 409


def test_who_replied_stop_gets_no_text_and_the_agent_reads_why(client, line):
    forbid()

    answer = send(client, MESSAGES, {"line": SUPPORT, "to": CALLER, "body": "Hello"})

    assert (answer.status_code, answer.json()["code"]) == (409, "text_refused")
    assert "STOP" in answer.json()["detail"]
    assert not Message.objects.exists()


def test_stop_to_one_line_says_nothing_of_another(client, line, team):
    forbid()
    other = factories.make_line(name="Sales", number="+12025550101", team=team)

    assert send(client, MESSAGES, {"line": other.number, "to": CALLER, "body": "Hello"}).status_code == 201


def test_stop_to_a_messaging_service_counts_for_each_of_its_lines(client, line, settings):
    settings.TWILIO_MESSAGING_SERVICE_SID = "MG" + "d" * 32
    forbid(sender=settings.TWILIO_MESSAGING_SERVICE_SID)

    assert send(client, MESSAGES, {"line": SUPPORT, "to": CALLER, "body": "Hello"}).status_code == 409


def test_blocked_numbers_and_landlines_get_no_texts(client, line):
    BlockedNumber.objects.create(number="+12025550151")
    factories.make_contact("Tom", "+12025550152")
    ContactNumber.objects.update(line_type=LineType.LANDLINE)
    blocked, landline = (make_thread(line, number) for number in ("+12025550151", "+12025550152"))

    for thread, why in ((blocked, "blocked"), (landline, "landline")):
        assert get(client, f"{THREADS}{thread.pk}/").json()["closed"] == why
        assert send(client, f"{THREADS}{thread.pk}/messages/", {"body": "Hello"}).status_code == 409


def test_who_told_one_of_us_is_not_said_to_have_written_stop_until_that_is_so_too(client, line, settings):
    settings.TWILIO_MESSAGING_SERVICE_SID = "MG" + "1" * 32
    Consent.objects.create(number=CALLER, sender=SUPPORT, state="forbidden", source="spoken", note="by telephone")
    thread = make_thread(line)

    assert get(client, f"{THREADS}{thread.pk}/").json()["closed"] == "objected"
    refused = send(client, f"{THREADS}{thread.pk}/messages/", {"body": "Hello"})
    assert (refused.status_code, "told us to send no texts" in str(refused.json())) == (409, True)

    forbid(sender=settings.TWILIO_MESSAGING_SERVICE_SID)
    assert get(client, f"{THREADS}{thread.pk}/").json()["closed"] == "stopped"


def test_whether_a_number_gets_texts_is_known_before_anybody_has_written(client, line, sales):
    BlockedNumber.objects.create(number="+12025550151")
    factories.make_contact("Tom", "+12025550152")
    ContactNumber.objects.update(line_type=LineType.LANDLINE)
    forbid()

    def closed(number: str, by: object = line.pk) -> str:
        return get(client, f"{THREADS}closed/", line=by, number=number).json().get("closed")

    assert [closed(number) for number in (CALLER, "+12025550151", "+12025550152")] == ["stopped", "blocked", "landline"]
    assert closed("+12025550153") == closed("") == closed("x" * 90 + "\x00") == ""
    assert closed(CALLER, SUPPORT) == "stopped"
    said = get(client, f"{THREADS}closed/", line=line.pk, number=CALLER).json()
    assert said["message"] == "This number replied STOP and gets no texts until it writes START."
    for other in (sales.pk, "nonsense", "", "9" * 30):
        assert get(client, f"{THREADS}closed/", line=other, number=CALLER).status_code == 400
    assert not Thread.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        {}, {"body": ""}, {"body": "   "}, {"body": "x" * 1601}, {"body": None}, {"body": "x", "media": [1]},
        {"body": "x", "media": "1"}, {"body": "x", "key": "k" * 200}, {"body": "x", "nonsense": 1},
    ],
)  # fmt: skip
def test_a_text_that_cannot_be_sent_is_refused_in_words(client, line, body):
    assert send(client, MESSAGES, {"line": SUPPORT, "to": CALLER} | body).status_code == 400
    assert not Message.objects.exists()


@pytest.mark.parametrize("to", ["", "nonsense", "+1202", "911", "+12025550142 x12", "\ud800"])
def test_a_number_that_takes_no_text_is_refused_in_words(client, line, to):
    assert send(client, MESSAGES, {"line": SUPPORT, "to": to, "body": "x"}).status_code == 400


def test_a_line_does_not_text_itself(client, line):
    assert send(client, MESSAGES, {"line": SUPPORT, "to": SUPPORT, "body": "x"}).status_code == 409


# --- Reading and looking after ------------------------------------------------------------------------------------


def test_what_one_of_the_team_has_read_is_read_while_the_thread_is_nobodys(client, twilio, line, grace):
    twilio.webhook(INCOMING, text(1))
    twilio.webhook(INCOMING, text(2))
    thread = Thread.objects.get()

    first = Message.objects.order_by("pk").first()
    assert send(client, f"{THREADS}{thread.pk}/read/", {"up_to": first.pk}).json()["unread"] == 1
    assert send(client, f"{THREADS}{thread.pk}/read/", {"up_to": 10**15}).json()["unread"] == 0
    assert get(signed_in(grace), f"{THREADS}{thread.pk}/").json()["unread"] == 0


def test_what_is_somebodys_is_read_when_they_have_read_it(client, twilio, line, ada, grace):
    twilio.webhook(INCOMING, text(1))
    thread = Thread.objects.get()
    path = f"{THREADS}{thread.pk}"
    assert send(client, f"{path}/assign/", {"agent": grace.pk}).json()["unread"] == 1

    assert send(client, f"{path}/read/", {"up_to": thread.last_message_id}).json()["unread"] == 1
    assert send(signed_in(grace), f"{path}/read/", {"up_to": thread.last_message_id}).json()["unread"] == 0
    assert ThreadReader.objects.count() == 2


def test_who_answers_has_read_what_came_before(client, twilio, line):
    twilio.webhook(INCOMING, text(1))
    thread = Thread.objects.get()

    send(client, f"{THREADS}{thread.pk}/messages/", {"body": "Yes"})

    thread.refresh_from_db()
    assert thread.unread == 0


def test_a_thread_is_given_only_to_somebody_who_may_see_it(client, line, grace, stranger, admin):
    thread = make_thread(line)
    path = f"{THREADS}{thread.pk}/assign/"

    assert send(client, path, {"agent": stranger.pk}).status_code == 400
    assert send(client, path, {"agent": 10**9}).status_code == 400
    for agent in (grace, admin):
        assert send(client, path, {"agent": agent.pk}).json()["assigned_to"]["id"] == agent.pk
    assert send(client, path, {"agent": None}).json()["assigned_to"] is None


# --- Ready-made texts ---------------------------------------------------------------------------------------------


def test_ready_made_texts_are_those_of_the_line_and_those_of_all(client, line, sales):
    for name, where in (("All", None), ("Ours", line), ("Theirs", sales)):
        ReadyText.objects.create(name=name, body="Hello {first name}", line=where)

    assert [row["name"] for row in get(client, "/api/v1/ready-texts/", line=line.pk).json()] == ["All", "Ours"]
    assert [row["name"] for row in get(client, "/api/v1/ready-texts/").json()] == ["All", "Ours"]
    assert get(client, "/api/v1/ready-texts/", line=sales.pk).status_code == 400


def test_a_text_that_failed_is_tried_again_once_and_then_what_came_of_that(ada, line):
    thread = make_thread(line)
    failed = {"step": Step.TAKEN, "status": "undelivered", "error_code": "30003"}
    make_message(thread, sid=sid("SM", 1), body="When?", **failed)
    make_message(thread, sid=sid("SM", 2), body="", **failed)
    client = signed_in(ada)

    def may_retry() -> list[bool]:
        entries = get(client, f"{THREADS}{thread.pk}/timeline/").json()["results"]
        texts = sorted((one["message"] for one in entries if one["message"]), key=lambda one: int(one["id"]))
        return [one["may_retry"] for one in texts]

    assert may_retry() == [True, True]
    make_message(thread, sid=sid("SM", 3), body="When?", **failed)
    make_message(thread, sid=sid("SM", 4), body="")
    # Of a text without words it is not known which is which.
    assert may_retry() == [False, True, True, False]
