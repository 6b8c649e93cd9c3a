"""What numbers and applications share: fields set by a form, written and shown by the same names."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any

from simulator.identifiers import is_web_address, now, rfc2822
from simulator.rest.api import ApiRequest
from simulator.rest.declared import settable
from simulator.rest.errors import ApiError


def apply_form(api: ApiRequest, resource: Any) -> None:
    """Sets what the form names. Raises `ApiError` for what is no URL or no method."""
    known = settable(type(resource))
    changes: dict[str, object] = {}
    for name in dict.fromkeys(api.form.keys()):
        attribute = known.get(name)
        value = api.text(name)
        if attribute is None:
            continue
        if isinstance(getattr(resource, attribute), bool):
            changes[attribute] = value.lower() == "true"
        elif attribute.endswith("_method"):
            changes[attribute] = api.method(name)
        else:
            if value and attribute.endswith(("_url", "callback")) and not is_web_address(value):
                raise ApiError(21222, value, message=f"{name} is not valid: {value}")
            changes[attribute] = value
    for attribute, changed in changes.items():
        setattr(resource, attribute, changed)
    resource.date_updated = now()


def fields_json(resource: Any) -> dict[str, Any]:
    values = {item.name: getattr(resource, item.name) for item in fields(resource)}
    return {name: rfc2822(value) if isinstance(value, datetime) else value for name, value in values.items()}
