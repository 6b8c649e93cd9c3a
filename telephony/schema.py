"""What the OpenAPI page says of every endpoint: that its errors are problems."""

from __future__ import annotations

from typing import Any

from telephony.problems import CONTENT_TYPE, PROBLEMS

_TEXT = {"type": "string"}
_PROBLEM = {
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
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def add_problems(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """A hook of drf-spectacular: the finished document, with a `default` answer for every operation."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = _PROBLEM
    answer = {
        "description": "Anything that went wrong.",
        "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for path in result.get("paths", {}).values():
        for method in _METHODS:
            if method in path:
                path[method].setdefault("responses", {}).setdefault("default", answer)
    return result
