"""Usage over REST, for admins: what is stored, whether Twilio answers just now or not."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.generics import ListAPIView
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from calls.models import Call
from core.api.pages import PlacePagination
from core.api.resources import choose_one_of
from usage import costs, selectors
from usage.freshness import freshness
from usage.models import UsageRecord
from usage.serializers import CallCostSerializer, CostListSerializer, UsageRecordSerializer
from usage.services import today_gmt
from usage.spending import account_currency

_START = OpenApiParameter("start", OpenApiTypes.DATE, description="The first day, like 2026-11-01")
_END = OpenApiParameter("end", OpenApiTypes.DATE, description="The last day")
_CATEGORY = OpenApiParameter(
    "category", OpenApiTypes.STR, description="One of Twilio's, like `totalprice`, `calls` or `sms-outbound`"
)
_BY = OpenApiParameter("by", OpenApiTypes.STR, enum=list(costs.BY), default=costs.BY[0])
# Costs are summed up when they are asked for.
_MOST_DAYS = 366


class IsAdmin(BasePermission):
    """Those who administer the desk."""

    message = gettext_lazy("Only admins can do this.")

    def has_permission(self, request: Request, view: Any) -> bool:
        return bool(request.user.is_authenticated and request.user.is_superuser)


class UsagePagination(PlacePagination):
    ordering = ("-day", "category")
    page_size = 100
    max_page_size = 1000

    def get_paginated_response(self, data: Any) -> Response:
        answer = super().get_paginated_response(data)
        as_of = freshness().as_of
        answer.data["as_of"] = as_of.isoformat().replace("+00:00", "Z") if as_of else None
        return answer

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        described: dict[str, Any] = super().get_paginated_response_schema(schema)
        described["properties"]["as_of"] = {
            "type": ["string", "null"],
            "format": "date-time",
            "description": "When Twilio was last asked; null before the first time.",
        }
        described["required"] = [*described.get("required", []), "as_of"]
        return described


class UsageListApi(ListAPIView[UsageRecord]):
    """Usage records as they are stored, newest day first."""

    permission_classes = [IsAuthenticated, IsAdmin]
    serializer_class = UsageRecordSerializer
    pagination_class = UsagePagination

    @extend_schema(operation_id="usage_list", tags=["usage"], parameters=[_START, _END, _CATEGORY])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[UsageRecord]:
        query = self.request.query_params
        start, end = _days(query)
        return selectors.records(start, end, query.get("category", "").replace("\x00", "")[:100])


class CostListApi(APIView):
    """What calls and texts cost by line, by agent or by group send, from the prices that Twilio has settled."""

    permission_classes = [IsAuthenticated, IsAdmin]

    @extend_schema(
        operation_id="usage_costs", tags=["usage"], parameters=[_BY, _START, _END], responses=CostListSerializer
    )
    def get(self, request: Request) -> Response:
        """The dearest first. Without days those of this month, as Twilio has it."""
        query = request.query_params
        by = query.get("by", costs.BY[0])
        if by not in costs.BY:
            raise ValidationError({"by": choose_one_of(costs.BY)})
        start, end = _days(query)
        end = end or today_gmt()
        start = start or end.replace(day=1)
        if end < start or end - start > timedelta(days=_MOST_DAYS):
            raise ValidationError({"end": _("Ask for a year at most, from `start` to `end`.")})
        found = {
            "by": by, "start": start, "end": end, "price_unit": account_currency(),
            "results": costs.costs(by, start, end),
        }  # fmt: skip
        return Response(CostListSerializer(found).data)


class CallCostApi(APIView):
    """What one call cost."""

    permission_classes = [IsAuthenticated, IsAdmin]

    @extend_schema(operation_id="usage_call", tags=["usage"], responses=CallCostSerializer)
    def get(self, request: Request, sid: str) -> Response:
        """Of a call of the log, by the sid of its first leg."""
        call = Call.objects.filter(pk=sid.replace("\x00", ""), parent__isnull=True).first()
        if call is None:
            raise Http404
        cost = costs.call_cost(call)
        legs = [{"sid": leg, "price": price} for leg, price in cost.of_legs.items()]
        found = {
            "sid": call.pk, "price": cost.price, "price_unit": cost.price_unit, "open": cost.open, "legs": legs,
        }  # fmt: skip
        return Response(CallCostSerializer(found).data)


def _days(query: Any) -> tuple[date | None, date | None]:
    """Raises `ValidationError`, by the name of the field, for what is no day or ends before it begins."""
    start, end = _day("start", query.get("start", "")), _day("end", query.get("end", ""))
    if start and end and end < start:
        raise ValidationError({"end": _("The last day is before the first.")})
    return start, end


def _day(name: str, text: str) -> date | None:
    if not text:
        return None
    try:
        # Python would also read 20261101 and 2026-W44-7.
        if len(text) != 10 or text[4] != "-" or not text.isascii():
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise ValidationError({name: _("Write the day like 2026-11-23.")}) from None
