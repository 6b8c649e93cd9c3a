"""What the API's description says of every operation: what it can refuse, derived from how its view is made.

A view says by `raises` what only its own code can know.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.permissions import AllowAny, IsAuthenticated

from core.api.problems import CONTENT_TYPE, PROBLEMS, problem_body, problem_for

_RAISES = "problems_raised"
_TEXT = {"type": "string"}
_RETRY_AFTER = {"schema": {"type": "integer"}, "required": True, "description": "Seconds to wait."}
_SOMETHING_WRONG = {"field": "name", "pointer": "#/name", "detail": "This field is required.", "code": "required"}
NO_STORE = OpenApiParameter(
    "Cache-Control", OpenApiTypes.STR, OpenApiParameter.HEADER, required=True, response=[200], description="`no-store`."
)
Handler = TypeVar("Handler", bound=Callable[..., Any])


def raises(*codes: str) -> Callable[[Handler], Handler]:
    """Says which of `PROBLEMS` a view's method answers with, beside those that its class makes plain."""

    def mark(handler: Handler) -> Handler:
        setattr(handler, _RAISES, codes)
        return handler

    return mark


class ApiSchema(AutoSchema):
    """drf-spectacular's, with a summary and with every error that an operation can be answered with."""

    def get_summary(self) -> str:
        said = super().get_summary() or self.get_description().split("\n\n")[0]
        return " ".join(said.split()).split(". ")[0].split(": ")[0].removesuffix(".")

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        by_status: dict[int, list[str]] = {}
        for code in self._codes(operation):
            by_status.setdefault(PROBLEMS[code].status, []).append(code)
        answers = operation["responses"]
        for status in {int(status) for status in answers if int(status) >= 400}:
            by_status.setdefault(status, [problem_for("", status).code])
        for status in answers:
            answers[status]["description"] = answers[status]["description"] or HTTPStatus(int(status)).phrase
        operation["responses"] = {status: answer for status, answer in answers.items() if int(status) < 400} | {
            str(status): self._reference(status, codes) for status, codes in sorted(by_status.items())
        }
        return operation

    def _codes(self, operation: dict[str, Any]) -> list[str]:
        places = {parameter["in"] for parameter in operation.get("parameters", [])}
        headers = {parameter["name"] for parameter in operation.get("parameters", []) if parameter["in"] == "header"}
        has_body = "requestBody" in operation
        rules = [
            (has_body, ["bad_request", "parse_error", "unsupported_media_type", "too_large"]),
            (has_body or "query" in places, ["validation"]),
            ("path" in places, ["not_found"]),
            ("If-Match" in headers, ["changed"]),
            (bool(self.view.get_throttles()), ["throttled"]),
            (True, [*self._refusals(), "not_acceptable", "server_error"]),
            (True, list(getattr(getattr(self.view, self.method.lower()), _RAISES, ()))),
        ]
        found = {code for applies, codes in rules if applies for code in codes}
        return [code for code in PROBLEMS if code in found]

    def _refusals(self) -> list[str]:
        if not self.view.get_authenticators():
            return []
        codes = ["invalid_token", "token_expired", "not_authenticated", "agent_suspended", "device_revoked"]
        if self.method not in ("GET", "HEAD", "OPTIONS"):
            codes.append("csrf_failed")
        if any(type(permission) not in (IsAuthenticated, AllowAny) for permission in self.view.get_permissions()):
            codes.append("permission_denied")
        return codes

    def _reference(self, status: int, codes: list[str]) -> dict[str, Any]:
        """Operations that are refused alike share one component."""
        self._component("Problem", "schemas", _problem())
        name = "Or".join(code.title().replace("_", "") for code in codes)
        return self._component(name, "responses", _answer(status, codes))

    def _component(self, name: str, kind: str, content: dict[str, Any]) -> dict[str, Any]:
        component = ResolvedComponent(name=name, type=kind, schema=content, object=ApiSchema)  # type: ignore[no-untyped-call]
        self.registry.register_on_missing(component)
        return {"$ref": f"#/components/{kind}/{name}"}


def _problem() -> dict[str, Any]:
    return {
        "type": "object",
        "description": "RFC 9457. Every code: docs/errors.md, and /problems/ on the server.",
        "required": ["type", "title", "status", "code", "detail", "instance"],
        "properties": {
            "type": {"type": "string", "format": "uri-reference"},
            "title": _TEXT,
            "status": {"type": "integer"},
            "code": {"type": "string", "description": f"One of {', '.join(PROBLEMS)}, or an endpoint's own."},
            "detail": {"type": "string", "description": "A sentence for people."},
            "instance": _TEXT,
            "errors": {
                "type": "array",
                "description": "With `validation` only.",
                "items": {
                    "type": "object",
                    "required": ["field", "pointer", "detail", "code"],
                    "properties": {"field": _TEXT, "pointer": _TEXT, "detail": _TEXT, "code": _TEXT},
                },
            },
            "permanent": {"type": "boolean", "description": "Twilio's failures only: asking again will not help."},
            "twilio_code": {"type": ["integer", "null"], "description": "Twilio's failures only: Twilio's own code."},
        },
    }


def _answer(status: int, codes: list[str]) -> dict[str, Any]:
    sentences = [f"`{code}`: {PROBLEMS[code].detail}" for code in codes]
    answer: dict[str, Any] = {
        "description": "\n".join(f"- {text}" for text in sentences) if len(sentences) > 1 else sentences[0],
        "content": {
            CONTENT_TYPE: {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "examples": {code: {"value": _example(code, status)} for code in codes},
            }
        },
    }
    if status == 429:
        answer["headers"] = {"Retry-After": _RETRY_AFTER}
    if status == 401:
        answer["headers"] = {"WWW-Authenticate": {"schema": _TEXT, "required": True, "description": "`Token`."}}
    return answer


def _example(code: str, status: int) -> dict[str, Any]:
    more = {"errors": [_SOMETHING_WRONG]} if code == "validation" else PROBLEMS[code].more
    return problem_body(code, status, instance="/api/v1/calls/", **more)
