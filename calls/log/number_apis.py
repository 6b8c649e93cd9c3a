"""What a typed number means, over REST."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from calls.log.selectors import call_count_visible
from calls.log.serializers import NumberCheckSerializer
from contacts.blocks import refuse_blocked
from contacts.selectors import contact_by_number
from telephony.errors import InvalidNumber
from telephony.phone import clean, country_name, parse_dialled


class NumberCheckApi(APIView):
    """What a typed number means, before it is called."""

    @extend_schema(
        operation_id="numbers_check",
        tags=["numbers"],
        parameters=[OpenApiParameter("number", OpenApiTypes.STR, required=True)],
        responses=NumberCheckSerializer,
    )
    def get(self, request: Request) -> Response:
        text = request.query_params.get("number", "")[:100].replace("\x00", "")
        answer: dict[str, Any] = {
            "input": text, "valid": False, "e164": None, "extension": "", "display": None, "country": None,
            "place": None, "message": "", "contact": None, "known_calls": 0,
        }  # fmt: skip
        try:
            number = parse_dialled(text)
            refuse_blocked(number.e164)
        except InvalidNumber as error:
            answer["message"] = error.message if clean(text) else ""
        else:
            country = country_name(number.region) or None
            answer |= {
                "valid": True, "e164": number.e164, "extension": number.extension, "display": number.display,
                "country": country, "place": country, "contact": contact_by_number(number.e164),
                "known_calls": call_count_visible(request.user, number.e164),  # type: ignore[arg-type]
            }  # fmt: skip
        return Response(NumberCheckSerializer(answer).data)
