"""The API's description: complete, and true to the routes."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import Resolver404, URLPattern, get_resolver, resolve
from jsonschema import Draft202012Validator

from config.api_docs.examples import EXAMPLES
from config.api_docs.hooks import bodies
from config.api_docs.views import description
from core.api.problems import CONTENT_TYPE

ABOUT_THE_API = {"schema", "docs"}
OPERATIONS = [
    pytest.param(path, method, operation, id=operation["operationId"])
    for path, methods in description()["paths"].items()
    for method, operation in methods.items()
]
operations = pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)


def routes() -> dict[str, URLPattern]:
    """Every route under /api/v1/ as the description writes its path."""
    found = next(each for each in get_resolver().url_patterns if str(each.pattern) == "api/v1/")
    return {
        "/api/v1/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(route.pattern)).replace("{pk}", "{id}"): route
        for route in found.url_patterns
        if route.name not in ABOUT_THE_API
    }


def test_every_route_is_described_and_nothing_else():
    assert set(description()["paths"]) == set(routes())


def test_every_method_of_a_route_is_described():
    implemented = {
        path: {name for name in ("get", "post", "put", "patch", "delete") if hasattr(route.callback.view_class, name)}
        for path, route in routes().items()
    }

    assert {path: set(methods) for path, methods in description()["paths"].items()} == implemented


@operations
def test_every_path_resolves(path, method, operation):
    try:
        assert resolve(re.sub(r"\{\w+\}", "1", path))
    except Resolver404:
        pytest.fail(f"{path} leads nowhere")


def test_every_operation_has_a_name_of_its_own():
    names = [param.id for param in OPERATIONS]

    assert len(set(names)) == len(names)
    assert not [name for name in names if name.endswith(("_2", "_create_2")) or "v1" in name]


@operations
def test_every_operation_says_what_it_does_and_what_may_come_back(path, method, operation):
    answers = operation["responses"]

    assert operation["summary"]
    assert operation["description"]
    assert any(status < "300" for status in answers)
    assert {"406", "500"} <= set(answers)
    assert operation["operationId"] == "auth_login" or {"401", "403"} <= set(answers)
    assert ("404" in answers) == ("{" in path)
    assert ("415" in answers) == ("requestBody" in operation)


def test_errors_are_problems_and_say_when_to_come_back():
    for answer in description()["components"]["responses"].values():
        assert list(answer["content"]) == [CONTENT_TYPE]
    assert "Retry-After" in description()["components"]["responses"]["Throttled"]["headers"]


# Bodies that are no texts.
FILES = {
    "calls_recording": {"audio/mpeg"},
    "messages_media_create": {"application/pdf", "image/*"},
    "messages_media_retrieve": {"*/*"},
}


@operations
def test_every_body_has_an_example(path, method, operation):
    lacking = [
        kind
        for kind, media in bodies({"paths": {path: {method: operation}}})
        if "examples" not in media and kind not in ("application/x-www-form-urlencoded", "multipart/form-data")
    ]

    assert set(lacking) == FILES.get(operation["operationId"], set())


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_fits_its_shape(name):
    schemas = description()["components"]["schemas"]
    found = next(each for each in (name, f"Paginated{name}", f"Patched{name}") if each in schemas)
    shape: dict[str, Any] = {"$ref": f"#/components/schemas/{found}", "components": {"schemas": schemas}}

    assert [error.message for error in Draft202012Validator(shape).iter_errors(EXAMPLES[name])] == []


@pytest.mark.django_db
def test_it_is_there_for_programs_that_are_not_signed_in():
    yaml = Client().get("/api/v1/schema/", secure=True)
    json = Client().get("/api/v1/schema/?format=json", secure=True)

    assert yaml["Content-Type"].startswith("application/vnd.oai.openapi")
    assert json.json()["openapi"] == "3.1.0"


def test_the_page_shows_every_operation_without_scripts_or_styles_of_its_own():
    page = Client().get("/api/v1/docs/", secure=True)

    html = page.content.decode()
    assert all(f'id="{param.id}"' in html for param in OPERATIONS)
    assert all(
        f'href="{link}"' not in html or f'id="{link[1:]}"' in html for link in re.findall(r'href="(#[^"]+)"', html)
    )
    assert "<code>" in html
    assert "`" not in html
    assert not re.search(r"curl https\S*\{", html)
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=", html)
    assert "script-src 'self'" in page["Content-Security-Policy"]
