"""Finding calls, and what lists are narrowed down by."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

from simulator.leg import CallLeg
from simulator.rest.api import ApiRequest
from simulator.rest.errors import ApiError


def find_call(api: ApiRequest) -> CallLeg:
    """The call in the path. Raises `ApiError` 20404."""
    sid = api.path("call")
    leg = api.engine.find_leg(sid)
    if leg is None:
        raise ApiError(20404, f"/Accounts/{api.engine.config.account_sid}/Calls/{sid}.json")
    return leg


def within(moment: datetime | None, query: Mapping[str, str], name: str, *, inclusive: bool = False) -> bool:
    """Whether a moment is what the query asks for by `name`, `name<` and `name>`.

    A day after `<` ends what is found where it begins; where it is `inclusive`, where it ends.
    """
    bounds = [(sign, query.get(name + sign)) for sign in ("", "<", ">")]
    return all(_on_day(moment, sign, text, inclusive=inclusive) for sign, text in bounds if text)


def _on_day(moment: datetime | None, sign: str, text: str, *, inclusive: bool) -> bool:
    """Twilio compares whole days in UTC; a time of day, which newer clients send, is taken as it is."""
    if moment is None:
        return False
    try:
        bound = datetime.fromisoformat(text.replace("Z", "+00:00")) if "T" in text else date.fromisoformat(text)
    except ValueError as error:
        raise ApiError(20001, message=f"{text!r} is no date") from error
    if isinstance(bound, datetime) and bound.tzinfo is None:
        bound = bound.replace(tzinfo=UTC)
    if isinstance(bound, datetime) and sign:
        return moment <= bound if sign == "<" else moment >= bound
    bound = bound.date() if isinstance(bound, datetime) else bound
    day = moment.date()
    if sign == "<":
        return day < bound or (inclusive and day == bound)
    return day >= bound if sign else day == bound
