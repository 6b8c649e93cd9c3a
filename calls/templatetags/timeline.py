"""How the time line's facts are written in Django admin."""

import json
from datetime import datetime
from typing import Any

from django import template
from django.utils.timezone import localtime

register = template.Library()


@register.filter
def moment(value: datetime) -> str:
    """09:30:02.125, in the server's time zone."""
    return localtime(value).strftime("%H:%M:%S.%f")[:-3]


@register.filter
def as_json(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True)
