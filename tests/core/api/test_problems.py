"""Every error under /api/ is an RFC 9457 problem, wherever it comes from."""

from __future__ import annotations

import json
import re

import pytest
from django.core.cache import cache
from django.http import Http404
from django.test import Client, RequestFactory
from rest_framework import exceptions, serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.exceptions import ProblemMiddleware
from core.api.problems import CONTENT_TYPE, PROBLEMS
from telephony import errors
from tests.packages import ROOT

pytestmark = pytest.mark.django_db

VOICE = "/api/v1/tokens/voice/"


@pytest.fixture(autouse=True)
def _no_throttle_left_over():
    cache.clear()


@pytest.fixture
def client(ada) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(ada)
    return client


def problem(response, code: str, status: int) -> dict:
    """The body, which has the shape that every problem has."""
    body = response.json()
    assert response["Content-Type"] == CONTENT_TYPE
    assert {"type", "title", "status", "code", "detail", "instance"} <= set(body)
    assert (body["code"], body["status"], response.status_code) == (code, status, status)
    assert body["type"].startswith("/problems/")
    assert body["detail"].endswith(".")
    return body


def answer(error: Exception) -> Response:
    """What a view that raises this answers, through the middleware."""

    class Failing(APIView):
        authentication_classes: list = []
        permission_classes: list = []

        def get(self, request):
            raise error

    return through_the_middleware(Failing)


def through_the_middleware(view):
    handler = view.as_view()
    return ProblemMiddleware(lambda request: handler(request).render())(RequestFactory().get("/api/v1/somewhere/"))


def body_of(response) -> dict:
    assert response["Content-Type"] == CONTENT_TYPE
    return json.loads(response.content)


def test_a_field_that_is_wrong_is_pointed_at(client):
    response = client.post(VOICE, {"ttl": 1}, content_type="application/json", secure=True)

    body = problem(response, "validation", 400)
    assert body["instance"] == VOICE
    assert body["detail"] == "ttl: Ask for 30 to 86400 seconds."
    assert body["errors"] == [
        {"field": "ttl", "pointer": "#/ttl", "detail": "Ask for 30 to 86400 seconds.", "code": "out_of_range"}
    ]


def test_all_that_is_wrong_is_said_at_once(client):
    response = client.post(VOICE, {"ttl": "soon", "platform": 7}, content_type="application/json", secure=True)

    body = problem(response, "validation", 400)
    assert body["detail"] == "Check these: platform, ttl."
    assert [error["pointer"] for error in body["errors"]] == ["#/platform", "#/ttl"]


def test_places_deep_in_a_body_are_json_pointers():
    class Number(serializers.Serializer):
        number = serializers.CharField()

    class Contact(serializers.Serializer):
        numbers = Number(many=True)

    form = Contact(data={"numbers": [{"number": "+12025550142"}, {}]})
    assert not form.is_valid()

    body = body_of(answer(exceptions.ValidationError(form.errors)))

    assert [(error["field"], error["pointer"]) for error in body["errors"]] == [
        ("numbers.1.number", "#/numbers/1/number")
    ]


@pytest.mark.parametrize(
    ("detail", "errors"),
    [
        ("Say more.", [("", "#", "Say more.")]),
        (["Say more.", "And this."], [("", "#", "Say more."), ("", "#", "And this.")]),
        ({"non_field_errors": ["Say more."]}, [("", "#", "Say more.")]),
        ({"a/b~c": "Say more."}, [("a/b~c", "#/a~1b~0c", "Say more.")]),
        ({}, []),
    ],
)
def test_every_way_to_write_a_validation_error_is_understood(detail, errors):
    body = body_of(answer(exceptions.ValidationError(detail)))

    assert [(error["field"], error["pointer"], error["detail"]) for error in body["errors"]] == errors
    assert body["detail"]


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Http404(), 404, "not_found"),
        (exceptions.NotFound(), 404, "not_found"),
        (exceptions.PermissionDenied(), 403, "permission_denied"),
        (exceptions.NotAuthenticated(), 403, "not_authenticated"),
        (exceptions.MethodNotAllowed("GET"), 405, "method_not_allowed"),
        (exceptions.NotAcceptable(), 406, "not_acceptable"),
        (exceptions.UnsupportedMediaType("text/xml"), 415, "unsupported_media_type"),
        (exceptions.ParseError(), 400, "parse_error"),
        (exceptions.Throttled(wait=7.2), 429, "throttled"),
        (exceptions.Throttled(), 429, "throttled"),
        (exceptions.APIException(), 500, "error"),
        (errors.InvalidNumber("Bad number."), 400, "invalid_number"),
        (errors.CallGone("Gone."), 409, "call_gone"),
        (errors.RateLimited("Busy."), 503, "twilio_busy"),
        (errors.NotConfigured("Ask your admin."), 502, "twilio_not_configured"),
        (errors.Unavailable("No answer."), 502, "twilio_unavailable"),
        (errors.TelephonyError("Refused."), 502, "twilio_refused"),
    ],
)
def test_each_kind_of_failure_has_its_code(error, status, code):
    response = answer(error)

    body = body_of(response)
    assert (response.status_code, body["status"], body["code"]) == (status, status, code)
    assert body["detail"].endswith(".")


def test_a_sentence_that_a_view_chose_is_kept():
    assert body_of(answer(exceptions.PermissionDenied("Only Ada may.")))["detail"] == "Only Ada may."


def test_a_code_of_a_views_own_keeps_its_name_under_the_statuss_type():
    body = body_of(answer(exceptions.PermissionDenied("Only Ada may.", code="not_ada")))

    assert (body["code"], body["type"]) == ("not_ada", "/problems/permission-denied")


def test_waiting_times_are_said_and_sent():
    response = answer(exceptions.Throttled(wait=7.2))

    assert response["Retry-After"] == "8"
    assert body_of(response)["detail"] == "Too many requests. Try again in 8 seconds."


def test_twilios_own_code_goes_along():
    body = body_of(answer(errors.InvalidNumber("Bad number.", code=21211, permanent=True)))

    assert (body["twilio_code"], body["permanent"], body["detail"]) == (21211, True, "Bad number.")


def test_an_answer_written_by_hand_becomes_a_problem():
    class Late(APIView):
        authentication_classes: list = []
        permission_classes: list = []

        def get(self, request):
            return Response({"detail": "This call is over.", "more": 1}, status=409, headers={"X-Kept": "yes"})

    response = through_the_middleware(Late)

    body = body_of(response)
    assert (body["code"], body["detail"], body["more"]) == ("conflict", "This call is over.", 1)
    assert response["X-Kept"] == "yes"


def test_an_unknown_address_of_the_api_is_a_problem_and_a_page_elsewhere(client):
    problem(client.get("/api/v1/nothing/", secure=True), "not_found", 404)
    problem(client.get("/api/nothing", secure=True), "not_found", 404)
    assert client.get("/nothing/", secure=True)["Content-Type"].startswith("text/html")


def test_a_host_that_is_not_ours_is_a_problem(client):
    response = client.get("/api/v1/calls/", secure=True, headers={"host": "evil.example"})

    body = problem(response, "bad_request", 400)
    assert "evil" not in str(body)


def test_a_page_of_another_site_is_told_to_load_again(ada):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)

    problem(client.post(VOICE, {}, content_type="application/json", secure=True), "csrf_failed", 403)


def test_an_unforeseen_failure_tells_nothing_of_itself(client, monkeypatch):
    def broken(**values):
        raise RuntimeError("secret inside")

    monkeypatch.setattr("tokens.apis.voice_token_create", broken)

    for debug in (False, True):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("django.conf.settings.DEBUG", debug)
            response = client.post(VOICE, {}, content_type="application/json", secure=True)
        body = problem(response, "server_error", 500)
        assert "secret" not in str(body)
        assert "RuntimeError" not in str(body)


@pytest.mark.parametrize(
    ("content_type", "sent", "code", "status"),
    [
        ("application/json", "{", "parse_error", 400),
        ("application/json", b"\xff", "parse_error", 400),
        ("text/xml", "<a/>", "unsupported_media_type", 415),
        ("multipart/form-data", "x", "unsupported_media_type", 415),
        ("application/json", "[1]", "validation", 400),
    ],
)
def test_a_body_that_cannot_be_read_is_a_problem(client, content_type, sent, code, status):
    problem(client.post(VOICE, sent, content_type=content_type, secure=True), code, status)


def test_a_body_that_is_too_large_is_a_problem(client):
    problem(client.post(VOICE, "x" * 2_000_000, content_type="application/json", secure=True), "too_large", 413)


def test_a_wrong_method_names_the_right_ones(client):
    response = client.get(VOICE, secure=True)

    problem(response, "method_not_allowed", 405)
    assert "POST" in response["Allow"]


def test_a_form_of_an_answer_that_we_do_not_have(client):
    problem(client.get("/api/v1/calls/", secure=True, headers={"accept": "text/xml"}), "not_acceptable", 406)


def test_answers_that_are_no_errors_stay_as_they_are(client):
    assert client.get("/api/v1/calls/", secure=True)["Content-Type"] == "application/json"


def test_every_problem_is_documented():
    documented = re.findall(r"^\| `\w+` \| \d+ \|.*$", (ROOT / "docs" / "errors.md").read_text(), re.MULTILINE)

    assert documented == [
        f"| `{kind.code}` | {kind.status} | {kind.title} | {kind.remedy} |" for kind in PROBLEMS.values()
    ]


def test_the_page_of_problems_explains_each(client):
    page = client.get("/problems/", secure=True).content.decode()

    assert all(f'id="{kind.type.rpartition("/")[2]}"' in page for kind in PROBLEMS.values())
    assert client.get("/problems/validation", secure=True).status_code == 302
    assert client.get("/problems/nothing", secure=True).status_code == 404


def test_the_openapi_page_says_what_an_error_looks_like(client):
    schema = client.get("/api/v1/schema/?format=json", secure=True).json()

    operations = [operation for path in schema["paths"].values() for operation in path.values()]
    assert len(operations) > 10
    answers = schema["components"]["responses"]
    assert all(list(answer["content"]) == [CONTENT_TYPE] for answer in answers.values())
    assert all("$ref" in operation["responses"]["500"] for operation in operations)
    body = client.post(VOICE, {"ttl": 1}, content_type="application/json", secure=True).json()
    described = schema["components"]["schemas"]["Problem"]
    assert set(described["required"]) <= set(body) <= set(described["properties"])
    assert set(schema["components"]["securitySchemes"]) == {"deviceToken", "deskSession", "csrfToken"}
