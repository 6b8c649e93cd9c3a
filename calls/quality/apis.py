"""Phones say how a call sounded."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from calls.log.apis import visible_call
from calls.quality.payloads import quality_json
from calls.quality.serializers import CallQualitySerializer, QualitySerializer
from calls.quality.services import NoSuchLeg, NotOwnLeg, quality_keep
from core.api.resources import BoundedJSONParser
from core.api.schema import raises


class _SmallJSONParser(BoundedJSONParser):
    max_bytes = 16_384


class CallQualityApi(APIView):
    parser_classes = [_SmallJSONParser]

    @raises("permission_denied")
    @extend_schema(
        operation_id="calls_quality", tags=["calls"], request=QualitySerializer, responses=CallQualitySerializer
    )
    def put(self, request: Request, sid: str) -> Response:
        """Keeps how the call sounded at one's own phone. Sent again, it is kept once; the longer time stays."""
        body = QualitySerializer(data=request.data)
        body.is_valid(raise_exception=True)
        measured = dict(body.validated_data)
        agent: Any = request.user
        try:
            kept = quality_keep(sid=sid, leg_sid=measured.pop("leg"), by=agent, measured=measured)
        except NoSuchLeg:
            raise Http404 from None
        except NotOwnLeg:
            visible_call(request, sid)
            raise PermissionDenied(_("Only whose phone it was can say how the call sounded.")) from None
        return Response(quality_json(kept))
