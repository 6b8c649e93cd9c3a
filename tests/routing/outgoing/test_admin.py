"""The company's rules in Django admin: what is refused, what a number may be, and the do-not-call list."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from config.privacy.person import person_find
from routing.models import DoNotCall, EmergencyRule, OutgoingHours, OutgoingOverride, OutgoingRule
from routing.outgoing.do_not_call import MOST_ROWS, Common, entries_add
from tests import factories
from tests.routing.outgoing.rows import BERLIN, hours, listed, rule

pytestmark = pytest.mark.django_db
RULES, HOURS = "/admin/routing/outgoingrule/", "/admin/routing/outgoinghours/"
LIST, EMERGENCY = "/admin/routing/donotcall/", "/admin/routing/emergencyrule/"


@pytest.fixture
def root() -> Any:
    return factories.make_agent("root", is_staff=True, is_superuser=True)


@pytest.fixture
def admin(root) -> Client:
    client = Client()
    client.force_login(root)
    return client


def post(client: Client, path: str, **fields: Any) -> str:
    answer = client.post(path, fields, secure=True, follow=True)
    assert answer.status_code == 200
    return str(answer.content.decode())


def add_rule(admin: Client, place: str, channels: str = "both", **fields: Any) -> str:
    return post(admin, f"{RULES}add/", place=place, channels=channels, **({"admins": "on"} | fields))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("de", "DE"), ("+49", "DE"), ("+49 89", "+4989"), ("+1", "+1"), ("*", ""), ("", ""), ("+44 (0)20", "+44020")],
)
def test_a_place_has_one_name(admin, typed, kept):
    add_rule(admin, typed)

    assert OutgoingRule.objects.get().place == kept


@pytest.mark.parametrize("typed", ["XX", "D", "Germany", "49", "+", "+0", "+999", "+49a", "+1234567890123456", "➕49"])
def test_what_is_no_place_is_refused(admin, typed):
    page = add_rule(admin, typed)

    assert "errorlist" in page
    assert not OutgoingRule.objects.exists()


def test_double_and_contradictory_rules_are_refused(admin, settings):
    add_rule(admin, "DE", "calls")

    assert "There is a rule for Germany already. Change that one." in add_rule(admin, "+49", "calls")
    assert "There is a rule for Germany already." in add_rule(admin, "DE", "both")
    settings.ALLOWED_REGIONS = ["US", "DE"]
    assert "The server does not allow France at all" in add_rule(admin, "FR")
    add_rule(admin, "DE", "texts")
    add_rule(admin, "FR", admins="")
    assert list(OutgoingRule.objects.values_list("place", "channels")) == [
        ("DE", "calls"), ("DE", "texts"), ("FR", "both"),
    ]  # fmt: skip


def test_hours_need_a_day_and_a_length_and_are_not_there_twice(admin):
    def add(**fields: Any) -> str:
        known = {"channels": "both", "begins_at": "08:00", "ends_at": "21:00", "override_by": "supervisors"}
        return post(admin, f"{HOURS}add/", **(known | {"weekdays": ["1", "2"]} | fields))

    assert "errorlist" in add(weekdays=[])
    assert "A span must have a length" in add(ends_at="08:00")
    assert "errorlist" in add(weekdays=["8"])
    add()
    assert "These hours are there already." in add()
    row = OutgoingHours.objects.get()
    assert row.weekdays == "12"
    page = admin.get(f"{HOURS}{row.pk}/change/", secure=True).content.decode()
    assert page.count("checked") == 2


def test_an_emergency_rule_needs_a_registered_address(admin, line):
    page = post(admin, f"{EMERGENCY}add/", region="us", line=line.pk)
    assert "Register the address at Twilio first" in page
    assert "emergency-calling-for-programmable-voice" in page
    assert "errorlist" in post(admin, f"{EMERGENCY}add/", region="+1", line=line.pk, address_is_registered="on")
    assert "errorlist" in post(admin, f"{EMERGENCY}add/", region="XX", line=line.pk, address_is_registered="on")

    post(admin, f"{EMERGENCY}add/", region="us", line=line.pk, address_is_registered="on")

    assert EmergencyRule.objects.get().region == "US"


def test_a_number_is_tried_for_each_role_and_for_calls_and_texts(admin, line):
    rule("DE", agents=False)
    hours()

    page = post(admin, f"{RULES}try/", number=BERLIN, line=line.pk, at="2026-11-24 22:10:00")

    assert page.count("You are not allowed to call Germany.") == 1
    assert page.count("It is 23:10 in Germany. Your company calls there from 08:00 to 21:00.") == 2
    assert page.count("May be overridden with a reason.") == 4
    assert post(admin, f"{RULES}try/", number=BERLIN, at="2026-11-24 12:00:00").count("<td>Allowed</td>") == 4
    for odd in ("", "x" * 65, "911", "12", "<b>", "9" * 64, "\x00"):
        post(admin, f"{RULES}try/", number=odd)


def test_who_may_not_look_at_rules_may_not_try_numbers(db):
    client = Client()
    client.force_login(factories.make_agent("staff", is_staff=True))

    assert client.get(f"{RULES}try/", secure=True).status_code == 403
    assert client.get(f"{LIST}add-many/", secure=True).status_code == 403


# --- The do-not-call list ------------------------------------------------------------------------------------------


def test_one_is_added_searched_and_removed_with_its_history(admin, root):
    post(admin, f"{LIST}add/", number="(202) 555-0142", channels="both", reason="Asked us", override_by="admins")
    row = DoNotCall.objects.get()
    assert (row.number, row.added_by, row.override_by) == ("+12025550142", root, "admins")
    assert "This number is on the list already." in post(
        admin, f"{LIST}add/", number="+12025550142", channels="both", reason="Again", override_by="admins"
    )
    assert "+12025550142" in admin.get(LIST, {"q": "Asked us"}, secure=True).content.decode()

    post(
        admin, f"{LIST}{row.pk}/change/", number=row.number, channels="both", reason="Asked us", override_by="admins",
        remove="on", removed_why="Wrote that we may again",
    )  # fmt: skip

    row.refresh_from_db()
    assert (row.removed_by, row.removed_why, row.removed_at is None) == (root, "Wrote that we may again", False)
    assert admin.post(f"{LIST}{row.pk}/delete/", {"post": "yes"}, secure=True).status_code == 403
    # And on again.
    post(admin, f"{LIST}add/", number="+12025550142", channels="both", reason="Asked again", override_by="admins")
    assert DoNotCall.objects.filter(removed_at=None).count() == 1


OVER = date(2020, 12, 31)


def test_a_number_whose_last_day_has_passed_is_added_again(admin):
    old = listed("+12025550142", until=OVER)

    post(admin, f"{LIST}add/", number="+12025550142", channels="both", reason="Asked again", override_by="admins")

    assert DoNotCall.objects.get(removed_at=None).reason == "Asked again"
    old.refresh_from_db()
    assert old.removed_at is not None


def test_of_many_numbers_those_whose_last_day_has_passed_are_added_again(admin):
    listed("+12025550142", until=OVER)
    # Another way to write it.
    listed("+541123456789", until=OVER)
    listed("+5491123456780")

    added = entries_add("+12025550142\n+5491123456789\n+541123456780", Common(reason="Register"), by=None)

    assert (added.added, added.known, added.bad) == (2, 1, ())
    assert sorted(DoNotCall.objects.filter(removed_at=None, reason="Register").values_list("number", flat=True)) == [
        "+12025550142", "+5491123456789",
    ]  # fmt: skip


def test_many_are_removed_at_once(admin, root):
    rows = [listed(f"+1202555014{number}") for number in range(3)]

    post(admin, LIST, action="remove", _selected_action=[row.pk for row in rows[:2]])

    assert list(DoNotCall.objects.filter(removed_at=None)) == [rows[2]]


def add_many(admin: Client, **fields: Any) -> str:
    known = {"reason": "Register", "channels": "both", "override_by": "nobody"}
    return post(admin, f"{LIST}add-many/", **(known | fields))


def test_many_are_pasted_and_bad_rows_are_told(admin, root):
    listed("+12025550177")
    pasted = "\n".join(
        [
            "Number,Reason,Source,Until",
            "202-555-0142",
            '+12025550143,"Asked us, twice",A letter,2030-12-31',
            "+1 202 555 0142",
            "+12025550177",
            "hello 1",
            "12",
            "+12025550144,,,tomorrow",
            "",
        ]
    )

    page = add_many(admin, numbers=pasted)

    assert "2 added, 2 already there, 3 that cannot be used." in " ".join(page.split())
    assert "This number is too short" in page
    assert "Write the last day like 2026-12-31." in page
    first, second = DoNotCall.objects.filter(number__in=["+12025550142", "+12025550143"]).order_by("number")
    assert (first.reason, first.added_by, first.override_by, first.until) == ("Register", root, "nobody", None)
    assert (second.reason, second.source, second.until) == ("Asked us, twice", "A letter", date(2030, 12, 31))


@pytest.mark.parametrize("data", ["\ufeffNummer;Grund\r\n+12025550142;Möchte nicht\r\n".encode(),
                                  "+12025550142;Möchte nicht".encode("cp1252")])  # fmt: skip
def test_a_file_from_a_spreadsheet_is_read(admin, data):
    add_many(admin, file=SimpleUploadedFile("list.csv", data, "text/csv"))

    assert DoNotCall.objects.get().reason == "Möchte nicht"


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"numbers": "  \n "},
        {"numbers": "+12025550142", "reason": ""},
        {"numbers": "+12025550142", "until": "never"},
        {"numbers": "+12025550142", "override_by": "everybody"},
        {"numbers": "\n".join(["+12025550142"] * (MOST_ROWS + 1))},
        {"numbers": "x" * 200_000},
        {"file": SimpleUploadedFile("big.csv", b"1" * 1_100_000, "text/csv")},
        {"numbers": '"' * 999},
    ],
)
def test_odd_lists_are_answered_and_add_nothing(admin, fields):
    add_many(admin, **fields)

    assert not DoNotCall.objects.exists()


# --- Overrides, and people -----------------------------------------------------------------------------------------


def test_overrides_are_seen_and_never_changed_and_their_key_is_not_shown(admin, root):
    row = OutgoingOverride.objects.create(
        agent=root, agent_name="Root", role="admin", number=BERLIN, channel="calls", rules=["hours"],
        refusal="This number is on your company's do-not-call list.", reason="She asked for it",
    )  # fmt: skip
    path = "/admin/routing/outgoingoverride/"

    page = admin.get(f"{path}{row.pk}/change/", secure=True).content.decode()

    assert "She asked for it" in page
    assert row.key not in page + admin.get(path, secure=True).content.decode()
    assert admin.get(f"{path}add/", secure=True).status_code == 403
    assert admin.post(f"{path}{row.pk}/change/", {"reason": "Other"}, secure=True).status_code == 403
    assert admin.post(f"{path}{row.pk}/delete/", {"post": "yes"}, secure=True).status_code == 403


def test_what_is_kept_of_a_person_names_the_list_and_overrides(root):
    listed(BERLIN)
    OutgoingOverride.objects.create(agent_name="Root", role="admin", number=BERLIN, channel="calls")

    rows = person_find(BERLIN).rows()

    assert [len(query) for query in rows["entries of the do-not-call list"]] == [1]
    assert [len(query) for query in rows["calls and texts against a rule"]] == [1]
