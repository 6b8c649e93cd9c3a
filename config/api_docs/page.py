"""What the page of the API shows, taken from its description."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from config.api_docs.examples import PARAMETERS
from core.api.problems import CONTENT_TYPE, PROBLEMS, Problem

_LOGIN = "-H 'Authorization: Token 4f1c0d2b7a'"


@dataclass(frozen=True, slots=True)
class Row:
    """A parameter, or a member of an object."""

    name: str
    kind: str
    needed: bool
    text: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Body:
    kind: str
    shape: str
    """The name of a component, of which the page has a section; else empty."""
    many: bool
    example: str


@dataclass(frozen=True, slots=True)
class Answer:
    status: str
    text: str
    bodies: list[Body]
    headers: str
    problems: list[Problem]


@dataclass(frozen=True, slots=True)
class Operation:
    id: str
    method: str
    path: str
    title: str
    text: str
    public: bool
    parameters: list[Row]
    bodies: list[Body]
    answers: list[Answer]
    curl: str


def groups(document: dict[str, Any]) -> dict[str, list[Operation]]:
    """The operations by their tag, in the order of their paths."""
    found: dict[str, list[Operation]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            made = _operation(document, path, method.upper(), operation)
            found.setdefault(operation["tags"][0].title(), []).append(made)
    return dict(sorted(found.items()))


def shapes(document: dict[str, Any]) -> dict[str, list[Row]]:
    """The members of every component that is an object."""
    return {
        name: [
            Row(
                name=member,
                kind=kind_of(document, schema),
                needed=member in component.get("required", []),
                text=marked(schema.get("description", "")),
            )
            for member, schema in component["properties"].items()
        ]
        for name, component in document["components"]["schemas"].items()
        if "properties" in component
    }


def marked(text: str) -> SafeString:
    """Escaped, with what stands between backticks as code."""
    return mark_safe(re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text)))  # noqa: S308


def kind_of(document: dict[str, Any], schema: dict[str, Any]) -> str:
    """A type in words: `string or null`, `list of Call`, `one of: a, b`."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        component = document["components"]["schemas"][name]
        return str(name) if "properties" in component else kind_of(document, component)
    for several in ("oneOf", "anyOf", "allOf"):
        if several in schema:
            return " or ".join(kind_of(document, part) for part in schema[several])
    if "enum" in schema:
        return "one of: " + ", ".join("empty" if value == "" else str(value) for value in schema["enum"])
    kinds = schema.get("type", "anything")
    if kinds == "array":
        return f"list of {kind_of(document, schema['items'])}"
    words = " or ".join(kinds) if isinstance(kinds, list) else str(kinds)
    return f"{words} ({schema['format']})" if "format" in schema else words


def _operation(document: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> Operation:
    title, text = operation["summary"], operation["description"]
    bodies = _bodies(operation.get("requestBody", {}))
    return Operation(
        id=operation["operationId"],
        method=method,
        path=path,
        title=marked(title),
        text=marked("" if text.removesuffix(".") == title else text),
        public="security" not in operation,
        parameters=[_parameter(document, item) for item in operation.get("parameters", [])],
        bodies=bodies,
        answers=[_answer(document, status, answer) for status, answer in operation["responses"].items()],
        curl=_curl(_address(path, operation), method, bodies, public="security" not in operation),
    )


def _parameter(document: dict[str, Any], item: dict[str, Any]) -> Row:
    needed, text = item.get("required", False), marked(item.get("description", ""))
    return Row(item["name"], kind_of(document, item["schema"]), needed, text, item["in"])


def _answer(document: dict[str, Any], status: str, answer: dict[str, Any]) -> Answer:
    if "$ref" in answer:
        answer = document["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    problem = answer.get("content", {}).get(CONTENT_TYPE)
    return Answer(
        status=status,
        text=marked("" if problem else answer["description"]),
        bodies=[] if problem else _bodies(answer),
        headers=", ".join(answer.get("headers", {})),
        problems=[PROBLEMS[code] for code in problem["examples"]] if problem else [],
    )


def _bodies(holder: dict[str, Any]) -> list[Body]:
    found = []
    for kind, media in holder.get("content", {}).items():
        schema = media.get("schema", {})
        many = schema.get("type") == "array"
        shape = (schema["items"] if many else schema).get("$ref", "").rpartition("/")[2]
        example = next((item["value"] for item in media.get("examples", {}).values()), None)
        found.append(Body(kind, shape, many, _text(example)))
    return found


def _text(example: Any) -> str:
    if example is None or isinstance(example, str):
        return example or ""
    return json.dumps(example, indent=2, ensure_ascii=False)


def _address(path: str, operation: dict[str, Any]) -> str:
    """With examples for what must be given."""
    query = {
        item["name"]: PARAMETERS[item["name"]]
        for item in operation.get("parameters", [])
        if item["in"] == "query" and item.get("required")
    }
    filled = re.sub(r"\{(\w+)\}", lambda found: str(PARAMETERS[found[1]]), path)
    return f"{filled}?{urlencode(query)}" if query else filled


def _curl(path: str, method: str, bodies: list[Body], *, public: bool) -> str:
    parts = [f"curl https://desk.example.com{path}"]
    parts += [] if public else [_LOGIN]
    parts += [f"-X {method}"] if method not in ("GET", "POST") or (method == "POST" and not bodies) else []
    if bodies and bodies[0].kind == "application/json" and bodies[0].example:
        body = json.dumps(json.loads(bodies[0].example), ensure_ascii=False).replace("'", "'\\''")
        parts += ["-H 'Content-Type: application/json'", f"-d '{body}'"]
    return " \\\n  ".join(parts)
