"""Ringdesk under a path of its own, as `uvicorn --root-path /desk` serves it: pages link to where they stand."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from tests import factories
from tests.config.server.test_webhooks_over_asgi import exchange, scope, whole

pytestmark = pytest.mark.django_db(transaction=True)


def get(path: str, **headers: str) -> tuple[int, dict[str, str], str]:
    asked = scope(f"/desk{path}", {"Host": "desk.example.com", **headers}, method="GET") | {"root_path": "/desk"}
    sent: list[dict[str, Any]] = exchange([*whole(b""), {"type": "http.disconnect"}], **asked)
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], {name.decode(): value.decode() for name, value in sent[0]["headers"]}, body.decode()


@pytest.fixture
def session() -> str:
    client = Client()
    client.force_login(factories.make_agent("boss", is_staff=True, is_superuser=True))
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def test_whoever_is_not_signed_in_is_sent_to_the_log_in_of_this_path():
    status, headers, _ = get("/admin/")

    assert (status, headers["Location"]) == (302, "/desk/admin/login/?next=/desk/admin/")


def test_links_and_styles_of_a_page_are_those_of_this_path(session):
    status, _, html = get("/admin/", Cookie=session)

    assert status == 200
    assert 'href="/desk/admin/agents/agent/"' in html
    assert 'href="/desk/static/' in html
    assert 'href="/admin/' not in html
    assert 'href="/static/' not in html


def test_the_desk_calls_the_addresses_of_this_path(session):
    assert get("/")[1]["Location"] == "/desk/accounts/login/?next=/desk/"

    html = get("/", Cookie=session)[2]
    assert '"socket": "/desk/ws/desk/"' in html
    assert '"calls": "/desk/api/v1/calls/"' in html
    assert '"alarms": "/desk/static/' in html


def test_one_request_leaves_its_path_to_no_other(session):
    get("/admin/", Cookie=session)
    asked = scope("/admin/", {"Host": "desk.example.com"}, method="GET")
    (begun, *_) = exchange([*whole(b""), {"type": "http.disconnect"}], **asked)

    assert dict(begun["headers"])[b"Location"] == b"/admin/login/?next=/admin/"
