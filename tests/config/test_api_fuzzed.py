"""Whatever is sent to the API, its answer is one that its description knows: status, content type, headers, shape."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
import schemathesis
from django.conf import settings as django_settings
from django.core import signals
from django.core.cache import cache
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.test import Client
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from config.api_docs.views import description
from core.api.problems import CONTENT_TYPE
from telephony.errors import CallGone, NotConfigured, RateLimited, TelephonyError, Unavailable
from tests.api import World, make_world, twilio_that_agrees

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


ON_POSTGRESQL = "postgresql" in django_settings.DATABASES["default"]["ENGINE"]


def described(*, every_value: bool) -> Any:
    """The API. `every_value`: of each field, besides drawn ones, every value that its description sets apart."""
    schema = schemathesis.openapi.from_dict(description())
    schema.app = get_wsgi_application()
    schema.config.phases.coverage.enabled = every_value
    return schema


# What a field may hold does not depend on who asks: by an admin, who gets furthest, it is asked in full, and of
# PostgreSQL, which refuses most.
IN_FULL, DRAWN = described(every_value=ON_POSTGRESQL), described(every_value=False)


@pytest.fixture
def one_connection() -> Iterator[None]:
    """The application, asked as a server asks it, would close the connection on which the test's transaction is."""
    ends = (signals.request_started, signals.request_finished)
    for signal in ends:
        signal.disconnect(close_old_connections)
    yield
    for signal in ends:
        signal.connect(close_old_connections)


@pytest.fixture
def world(db: None, one_connection: None) -> Iterator[World]:
    with twilio_that_agrees():
        yield make_world()


def codes_of(path: str, method: str, status: int) -> set[str]:
    """The codes of problems that the description names there."""
    document = description()
    name = document["paths"][path][method.lower()]["responses"][str(status)]["$ref"].rpartition("/")[2]
    return set(document["components"]["responses"][name]["content"][CONTENT_TYPE]["examples"])


def operations_by_id() -> Iterator[tuple[str, str, str]]:
    """Each operation with each of the ids in its path, which are whole numbers."""
    for path, item in description()["paths"].items():
        for method, operation in item.items():
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "path" and parameter["schema"]["type"] == "integer":
                    yield method, path, parameter["name"]


@pytest.mark.parametrize(("method", "path", "name"), list(operations_by_id()))
def test_an_id_that_no_database_can_hold_is_not_found(world: World, method: str, path: str, name: str):
    client = Client(headers=world.headers["admin"], raise_request_exception=False)

    answer = client.generic(
        method.upper(), path.format(**world.ids | {name: 10**19}), b"{}", content_type="application/json", secure=True
    )

    assert answer.status_code in (400, 404)


@pytest.mark.parametrize(
    "error",
    [CallGone("Gone."), RateLimited("Wait."), NotConfigured("No."), Unavailable("Away."), TelephonyError("No.")],
)
def test_every_failure_of_twilio_is_described(world: World, error: TelephonyError):
    path = "/api/v1/calls/{sid}/hang-up/"

    with patch("telephony.rest.client.translated", autospec=True, side_effect=error):
        answer = Client(headers=world.headers["agent"]).post(path.format(**world.ids), secure=True)

    assert answer.json()["code"] in codes_of(path, "post", answer.status_code)


SETTINGS = settings(
    max_examples=12,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@IN_FULL.parametrize()
@SETTINGS
def test_every_answer_is_as_described(case: schemathesis.Case, world: World):
    case.path_parameters = {name: world.ids[name] for name in case.path_parameters or {}}

    is_as_described(case, world, "admin")


# On PostgreSQL as on SQLite: the database decides what it can hold, not who may ask.
@pytest.mark.once
@DRAWN.parametrize()
@SETTINGS
def test_every_answer_to_an_agent_is_as_described(case: schemathesis.Case, world: World):
    case.path_parameters = {name: world.ids[name] for name in case.path_parameters or {}}

    is_as_described(case, world, "agent")


@pytest.mark.once
@DRAWN.include(path_regex=r"\{").parametrize()
@SETTINGS
def test_every_answer_about_what_may_not_be_there_is_as_described(case: schemathesis.Case, world: World):
    is_as_described(case, world, "agent")


def is_as_described(case: schemathesis.Case, world: World, role: str) -> None:
    cache.clear()

    with transaction.atomic():
        response = case.call(base_url="http://testserver", headers=world.headers[role])
        transaction.set_rollback(True)

    case.validate_response(response, checks=CHECKS)
    if response.status_code >= 400 and case.method == case.operation.method.upper():
        assert response.json()["code"] in codes_of(case.operation.path, case.method, response.status_code)
