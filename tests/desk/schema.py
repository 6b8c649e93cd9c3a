"""Frames held against the API's description."""

from __future__ import annotations

from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from config.api_docs.views import description


def _closed(schema: Any) -> Any:
    """The same, but taking no fields beside those that it names."""
    if isinstance(schema, dict):
        more = {"additionalProperties": False} if "properties" in schema else {}
        return {name: _closed(part) for name, part in schema.items()} | more
    return [_closed(part) for part in schema] if isinstance(schema, list) else schema


@cache
def _validator(name: str) -> Draft202012Validator:
    components = _closed(description()["components"])
    return Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": components})


def mistakes(name: str, value: Any) -> list[str]:
    """What is wrong with it, by the component of that name. Of a component of many types, what is wrong with it as one
    of its own `type`: that it is none of them says nothing."""
    choices = description()["components"]["schemas"][name].get("discriminator", {}).get("mapping", {})
    own = choices.get(value["type"], "").rpartition("/")[2] if choices and isinstance(value, dict) else ""
    if choices and not own:
        return [f"No {name} is of the type {value.get('type')!r}"]
    return [f"{error.json_path}: {error.message}" for error in _validator(own or name).iter_errors(value)]
