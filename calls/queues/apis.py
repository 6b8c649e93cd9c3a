"""Queues over REST."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from agents.permissions import IsSupervisorOrAdmin
from calls.log.serializers import DetailSerializer
from calls.queues.payloads import queue_json
from calls.queues.selectors import queues_for
from calls.queues.serializers import CallBackActionSerializer, GiveSerializer, QueuesSerializer, TakeSerializer
from calls.queues.services import (
    NoSuchAgent,
    NoSuchCaller,
    NotTaken,
    call_back_cancel,
    call_back_decline,
    caller_assign,
    caller_take,
)
from core.api.resources import BoundedJSONParser, Conflict
from core.api.schema import raises
from core.languages import sentence
from telephony.problems import TWILIO


class QueuesApi(APIView):
    """Who waits for the signed-in agent's teams, and at whose phones it rings; for an admin, all teams."""

    @extend_schema(operation_id="queues_list", tags=["queues"], responses=QueuesSerializer)
    def get(self, request: Request) -> Response:
        agent: Any = request.user
        return Response({"queues": [queue_json(queue) for queue in queues_for(agent)]})


class QueueTakeApi(APIView):
    """Rings the signed-in agent's phone for a caller who waits, or whose call rings at a colleague's."""

    parser_classes = [BoundedJSONParser]

    @raises("conflict", "call_gone", *TWILIO)
    @extend_schema(
        operation_id="queues_take", tags=["queues"], request=TakeSerializer, responses={202: DetailSerializer}
    )
    def post(self, request: Request) -> Response:
        body = TakeSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        agent: Any = request.user
        with _refusals_told(nobody=_("Nobody with this sid waits for your teams.")):
            caller_take(sid=body.validated_data["sid"], by=agent)
        return Response({"detail": _("Your phone is about to ring.")}, status=202)


class QueueAssignApi(APIView):
    """Rings an agent's phone for a caller who waits: by a supervisor, of whose teams both are; by an admin, anybody's.

    The agent can be reached now, and is not away. When nobody answers there, the caller waits on in the old place.
    """

    parser_classes = [BoundedJSONParser]
    permission_classes = [IsAuthenticated, IsSupervisorOrAdmin]

    @raises("conflict", "call_gone", "permission_denied", *TWILIO)
    @extend_schema(
        operation_id="queues_assign", tags=["queues"], request=GiveSerializer, responses={202: DetailSerializer}
    )
    def post(self, request: Request) -> Response:
        body = GiveSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        by: Any = request.user
        with _refusals_told(nobody=_("Nobody with this sid waits for your teams.")):
            caller_assign(sid=body.validated_data["sid"], agent_id=body.validated_data["agent"], by=by)
        return Response({"detail": _("That agent's phone is about to ring.")}, status=202)


class CallBackDeclineApi(APIView):
    """Not now: the call-back that is offered to the signed-in agent goes back to its place, and to somebody else."""

    parser_classes = [BoundedJSONParser]

    @extend_schema(
        operation_id="queues_call_back_decline",
        tags=["queues"],
        request=CallBackActionSerializer,
        responses=DetailSerializer,
    )
    def post(self, request: Request) -> Response:
        agent: Any = request.user
        with _refusals_told(nobody=_("No call-back with this sid is offered to you.")):
            call_back_decline(sid=_sid_of(request), by=agent)
        return Response({"detail": _("The call-back goes to somebody else.")})


class CallBackCancelApi(APIView):
    """Takes a caller who is to be called back out of the queue."""

    parser_classes = [BoundedJSONParser]

    @raises("conflict")
    @extend_schema(
        operation_id="queues_call_back_cancel",
        tags=["queues"],
        request=CallBackActionSerializer,
        responses=DetailSerializer,
    )
    def post(self, request: Request) -> Response:
        agent: Any = request.user
        with _refusals_told(nobody=_("Nobody with this sid is to be called back by your teams.")):
            call_back_cancel(sid=_sid_of(request), by=agent)
        return Response({"detail": _("The caller is not called back.")})


@contextmanager
def _refusals_told(*, nobody: str) -> Iterator[None]:
    """Tells the sender what a service refuses. `nobody`: of a sid that means nothing to it."""
    try:
        yield
    except NoSuchCaller:
        raise ValidationError({"sid": [nobody]}) from None
    except NoSuchAgent:
        raise ValidationError({"agent": [_("There is no such agent in your teams.")]}) from None
    except NotTaken as error:
        raise Conflict(sentence(str(error))) from None


def _sid_of(request: Request) -> str:
    body = CallBackActionSerializer(data=request.data)
    body.is_valid(raise_exception=True)
    return str(body.validated_data["sid"])
