"""What a typed number means, over REST."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from calls.live import outgoing_guards
from calls.log.selectors import call_count_visible
from calls.log.serializers import NumberCheckSerializer
from core.languages import sentence
from routing.outgoing.checks import Dialled, dialled
from routing.outgoing.overrides import may_override
from routing.outgoing.roles import role_of
from routing.selectors import line_to_call_from
from telephony.errors import InvalidNumber
from telephony.phone import Number, clean, country_name, is_emergency, parse


class NumberCheckApi(APIView):
    """What a typed number means, before it is called."""

    @extend_schema(
        operation_id="numbers_check",
        tags=["numbers"],
        parameters=[
            OpenApiParameter("number", OpenApiTypes.STR, required=True),
            OpenApiParameter("line", OpenApiTypes.INT, description="Line's id: from which it is to be called"),
        ],
        responses=NumberCheckSerializer,
    )
    def get(self, request: Request) -> Response:
        agent: Any = request.user
        text = request.query_params.get("number", "")[:100].replace("\x00", "")
        answer: dict[str, Any] = {
            "input": text, "valid": False, "e164": None, "extension": "", "display": None, "country": None,
            "place": None, "message": "", "may_override": False, "contact": None, "known_calls": 0,
        }  # fmt: skip
        chosen = request.query_params.get("line", "")
        line_id = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) <= 15 else None
        line = line_to_call_from(agent, line_id)
        caller_id = line.number if line else settings.TWILIO_CALLER_ID
        try:
            found = dialled(text, line=line, caller_id=caller_id, role=role_of(agent))
        except InvalidNumber as error:
            answer |= _read(text, caller_id)
            answer["message"] = error.message if clean(text) else ""
        else:
            answer |= _known(found, agent)
            if never := _never_now(found, caller_id):
                answer |= {"valid": False, "may_override": False, "message": sentence(never)}
        return Response(NumberCheckSerializer(answer).data)


def _never_now(found: Dialled, caller_id: str) -> str:
    """What nobody can override, and what has nothing to do with the number; "" when there is nothing of the kind."""
    if not caller_id:
        return outgoing_guards.NO_LINE
    return "" if found.is_emergency else outgoing_guards.refusal_of(found.number)


def _read(text: str, caller_id: str) -> dict[str, Any]:
    """How a number was read that must not be called; nothing of what would have to be typed anew."""
    if is_emergency(text, settings.HOME_REGION):
        return {"display": clean(text)}
    try:
        number = parse(text, home_region=settings.HOME_REGION)
    except InvalidNumber:
        return {}
    return {} if number.e164 == caller_id else _shown(number)


def _shown(number: Number) -> dict[str, Any]:
    country = country_name(number.region) or None
    return {
        "e164": number.e164, "extension": number.extension, "display": number.display,
        "country": country, "place": country,
    }  # fmt: skip


def _known(found: Dialled, agent: Any) -> dict[str, Any]:
    """Of a number that can be called, now or once somebody overrides what forbids it."""
    number, known = found.number, found.facts.known if found.facts else None
    return _shown(number) | {
        "valid": not found.refusals,
        "message": sentence(found.refusals[0].sentence) if found.refusals else "",
        "may_override": may_override(found.refusals, role_of(agent)),
        "contact": known.contact if known else None,
        "known_calls": call_count_visible(agent, number.e164),
    }  # fmt: skip
