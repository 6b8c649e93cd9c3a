"""The last touches to the API's description."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from config.api_docs.examples import EXAMPLES, TEXTS

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def add_examples(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """A hook of drf-spectacular: the finished document, with an example for each body that has a shape of its own."""
    for kind, media in bodies(result):
        found = example_of(media.get("schema", {})) if kind not in _FORMS else None
        if found is None:
            found = TEXTS.get(kind)
        if found is not None and "examples" not in media:
            media["examples"] = {"example": {"value": found}}
    return result


def say_null(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Another: the framework's pages describe `next` and `previous` as OpenAPI 3.0 does, whose `nullable` is gone."""
    for component in result["components"]["schemas"].values():
        for member in component.get("properties", {}).values():
            if member.pop("nullable", False):
                member["type"] = [member["type"], "null"]
    return result


def bodies(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Media types of all requests and of all answers that are no errors, each with what is said of it."""
    for path in document["paths"].values():
        for operation in path.values():
            yield from operation.get("requestBody", {}).get("content", {}).items()
            for answer in operation["responses"].values():
                yield from answer.get("content", {}).items()


def example_of(schema: dict[str, Any]) -> Any:
    """The example of a component, or of a list of them; None when there is none."""
    if schema.get("type") == "array":
        item = example_of(schema["items"])
        return None if item is None else [item]
    name = schema.get("$ref", "").rpartition("/")[2]
    for prefix in ("Paginated", "Patched"):
        name = name.removeprefix(prefix)
    return EXAMPLES.get(name)
