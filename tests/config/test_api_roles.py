"""Who may do what over REST. The call is living and the agent's own; the device is the agent's, too.

A new operation fails here until it has a row.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from agents.models import Agent
from config.api_docs.hooks import example_of
from config.api_docs.views import description
from tests.api import GROUP_LINE, OTHER_CONTACT, World, make_world, twilio_that_agrees
from tests.twilio import sid
from tokens.models import Device

TABLE = """
operation           anonymous  agent  colleague  other_team  supervisor  admin
agents_presence           403    200        200         404         200    200
agents_presence_update    403    200        403         404         200    200
auth_login                200    200        200         200         200    200
auth_logout               403    204        204         204         204    204
auth_logout_all           403    204        204         204         204    204
away_reasons_list         403    200        200         200         200    200
board_retrieve            403    403        403         403         200    200
blocked_numbers_create    403    201        201         201         201    201
blocked_numbers_delete    403    204        403         403         204    204
blocked_numbers_list      403    200        200         200         200    200
colleagues_list           403    200        200         200         200    200
contacts_block            403    200        200         200         200    200
contacts_consent_record   403    201        201         201         201    201
contacts_consents         403    200        200         200         200    200
contacts_export           403    200        200         200         200    200
contacts_fields           403    200        200         200         200    200
contacts_import_choose    403    403        403         403         404    200
contacts_import_confirm   403    403        403         403         404    200
contacts_import_errors    403    403        403         403         404    200
contacts_import_open      403    403        403         403         201    201
contacts_import_preview   403    403        403         403         404    200
contacts_merge            403    403        403         403         200    200
contacts_merge_undo       403    403        403         403         200    200
contacts_note_create      403    201        201         201         201    201
contacts_note_delete      403    204        403         403         204    204
contacts_note_update      403    200        403         403         200    200
contacts_timeline         403    200        200         200         200    200
contacts_unblock          403    200        403         403         200    200
groups_create             403    403        403         403         201    201
groups_delete             403    403        403         403         204    204
groups_list               403    200        200         200         200    200
groups_retrieve           403    200        200         200         200    200
groups_rule_fields        403    200        200         200         200    200
groups_update             403    403        403         403         200    200
calls_hang_up             403    202        404         404         403    202
calls_hold                403    202        404         404         202    202
calls_resume              403    202        404         404         202    202
calls_transfer            403    202        404         404         202    202
calls_complete_transfer   403    409        404         404         409    409
calls_cancel_transfer     403    409        404         404         409    409
calls_merge               403    409        404         404         409    409
calls_supervise           403    403        404         404         202    202
calls_help                403    202        404         404         403    403
calls_move                403    202        404         404         409    409
calls_park                403    409        404         404         409    409
calls_participants        403    200        404         404         200    200
calls_participants_add    403    202        404         404         202    202
calls_participants_update 403    404        404         404         404    404
calls_participants_remove 403    404        404         404         404    404
calls_transfer_targets    403    200        404         404         200    200
calls_list                403    200        200         200         200    200
calls_quality             403    200        404         404         403    403
calls_recording           403    200        404         404         200    200
calls_retrieve            403    200        404         404         200    200
calls_timeline            403    200        404         404         200    200
calls_update              403    200        404         404         200    200
contacts_create           403    201        201         201         201    201
contacts_delete           403    403        403         403         204    204
contacts_import           403    403        403         403         200    200
contacts_list             403    200        200         200         200    200
contacts_retrieve         403    200        200         200         200    200
contacts_update           403    200        200         200         200    200
group_sends_cancel        403    403        403         404         409    409
group_sends_create        403    403        403         403         201    201
group_sends_delete        403    403        403         404         204    204
group_sends_list          403    200        200         200         200    200
group_sends_pause         403    403        403         404         409    409
group_sends_recipient_ask 403    403        403         404         409    409
group_sends_recipient_retry 403  403        403         404         409    409
group_sends_recipients    403    200        200         404         200    200
group_sends_results       403    200        200         404         200    200
group_sends_resume        403    403        403         404         409    409
group_sends_retrieve      403    200        200         404         200    200
group_sends_retry         403    403        403         404         409    409
group_sends_start         403    403        403         404         200    200
group_sends_to_myself     403    403        403         404         201    201
group_sends_update        403    403        403         404         200    200
devices_list              403    200        200         200         200    200
devices_revoke            403    204        404         404         404    404
messages_ask              403    200        200         404         200    200
messages_create           403    201        201         400         201    201
messages_media_create     403    400        400         400         400    400
messages_media_retrieve   403    200        200         404         200    200
me_retrieve               403    200        200         200         200    200
me_update                 403    200        200         200         200    200
numbers_check             403    200        200         200         200    200
outgoing_overrides_create 403    403        403         403         201    201
usage_call                403    403        403         403         403    200
usage_costs               403    403        403         403         403    200
usage_list                403    403        403         403         403    200
ready_texts_list          403    200        200         200         200    200
queues_assign             403    403        403         403         400    400
queues_call_back_cancel   403    400        400         400         400    400
queues_call_back_decline  403    400        400         400         400    400
queues_list               403    200        200         200         200    200
queues_take               403    400        400         400         400    400
routes_explain            403    403        403         403         200    200
threads_assign            403    200        200         404         200    200
threads_closed            403    200        200         400         200    200
threads_list              403    200        200         200         200    200
threads_messages_create   403    201        201         404         201    201
threads_messages_list     403    200        200         404         200    200
threads_read              403    200        200         404         200    200
threads_retrieve          403    200        200         404         200    200
threads_timeline          403    200        200         404         200    200
web_push_subscribe        403    204        204         204         204    204
web_push_unsubscribe      403    204        204         204         204    204
voice_token_create        403    200        200         200         200    200
"""
ROLES, *ROWS = [line.split() for line in TABLE.strip().splitlines()]
EXPECTED = {
    (name, role): int(status) for name, *statuses in ROWS for role, status in zip(ROLES[1:], statuses, strict=True)
}
OPERATIONS: dict[str, tuple[str, str, dict[str, Any]]] = {
    operation["operationId"]: (method, path, operation)
    for path, methods in description()["paths"].items()
    for method, operation in methods.items()
}
# Where the description's example does not fit these rows.
BODIES = {
    "auth_login": {"username": "ada", "password": "secret-for-tests", "device_name": "Another", "platform": "ios"},
    "blocked_numbers_create": {"number": "+12025550177"},
    "calls_participants_add": {"to": {"number": "+442079460100"}},
    "calls_transfer": {"to": {"number": "+442079460100"}, "mode": "blind"},
    "calls_quality": {"leg": sid("CA", 2), "seconds": 9, "poor_seconds": 0, "is_complete": True},
    "contacts_create": {"name": "Tom Reed"},
    "contacts_import_choose": {"columns": ["name", "number"], "groups": []},
    "contacts_merge": {"contact": OTHER_CONTACT},
    "contacts_update": {"name": "Maya Okonkwo"},
    "groups_create": {"name": "Another"},
    "groups_update": {"name": "Another"},
    "group_sends_start": {"revision": 0},
    "group_sends_create": {"line": GROUP_LINE, "body": "We are closed."},
    "group_sends_update": {"title": "Closed at Christmas"},
    "group_sends_to_myself": {"number": "+12025550177"},
}
QUERIES = {"threads_closed": "?line=%2B12025550100&number=%2B12025550142"}
# What takes a file, and no JSON.
FILES = {"contacts_import_open": "name,number\nTom,2025550143\n"}
NEED_LOGIN = sorted(set(OPERATIONS) - {"auth_login"})
CHANGING = [name for name in NEED_LOGIN if OPERATIONS[name][0] != "get"]


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def ask(client: Client, world: World, name: str):
    method, path, operation = OPERATIONS[name]
    url = re.sub(r"\{(\w+)\}", lambda match: str(world.ids[match[1]]), path) + QUERIES.get(name, "")
    schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    body = BODIES.get(name, example_of(schema))
    if name in FILES:
        return client.generic(method.upper(), url, FILES[name], "text/csv", secure=True)
    with twilio_that_agrees():
        return client.generic(method.upper(), url, _json(client, body), "application/json", secure=True)


def _json(client: Client, body: Any) -> str:
    return "" if body is None else str(client._encode_json(body, "application/json"))


def test_every_operation_has_a_row():
    rows = [name for name, *_ in ROWS]

    assert set(rows) ^ set(OPERATIONS) == set()
    assert len(set(rows)) == len(rows)


@pytest.mark.parametrize("name", [name for name, *_ in ROWS if name in OPERATIONS])
def test_each_may_do_what_the_table_says(world, name):
    answers = {role: _ask_and_undo(world, name, role) for role in ROLES[1:]}

    expected = {role: EXPECTED[name, role] for role in answers}
    assert {role: answer.status_code for role, answer in answers.items()} == expected, [
        (role, getattr(answer, "content", "")) for role, answer in answers.items()
    ]


def _ask_and_undo(world: World, name: str, role: str) -> Any:
    """What one of them is answered; the next finds everything as it was."""
    savepoint = transaction.savepoint()
    try:
        return ask(Client(headers=world.headers.get(role, {})), world, name)
    finally:
        transaction.savepoint_rollback(savepoint)


@pytest.mark.parametrize("name", NEED_LOGIN)
def test_a_revoked_device_may_do_nothing(world, name):
    Device.objects.update(revoked_at="2026-11-23T09:30:00Z")

    answer = ask(Client(headers=world.headers["admin"]), world, name)

    assert (answer.status_code, answer.json()["code"]) == (403, "device_revoked")


@pytest.mark.parametrize("by", ["device", "session"])
@pytest.mark.parametrize("name", NEED_LOGIN)
def test_a_suspended_agent_may_do_nothing(world, name, by):
    client = Client(headers=world.headers["admin"] if by == "device" else {})
    if by == "session":
        client.force_login(world.agents["admin"])
    # As if it happened between two requests of an open page: saving the agent would end the session, too.
    Agent.objects.update(is_active=False)

    answer = ask(client, world, name)

    assert (answer.status_code, answer.json()["code"]) == (403, "agent_suspended")


@pytest.mark.parametrize("name", CHANGING)
def test_a_session_changes_nothing_without_the_csrf_token(world, name):
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.agents["admin"])

    answer = ask(client, world, name)

    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")
