"""Holding, handing over and joining calls over REST. Each answers 202 with the call as it is then: what comes of it is
told by the desk's socket, or by reading the call again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from agents.permissions import is_supervisor_or_admin
from calls.control.handling_serializers import (
    HelpRequestSerializer,
    ParticipantChangeSerializer,
    ParticipantRequestSerializer,
    SuperviseRequestSerializer,
    TransferRequestSerializer,
    TransferTargetsSerializer,
    WhomSerializer,
)
from calls.handling_payloads import participants_json
from calls.live.helping import NoHelp, help_want
from calls.log.apis import visible_call
from calls.log.handling_serializers import ParticipantSerializer
from calls.log.serializers import CallSerializer
from calls.models import Call
from calls.payloads import call_etag, call_json
from calls.permissions import call_may_be_supervised, supervises
from calls.rooms import services, supervising
from calls.rooms.refusing import NoSuchParticipant, NoSuchTarget, NotPossible, may_handle
from calls.rooms.targets import targets_json
from calls.selectors import call_get
from core.api.resources import BoundedJSONParser, Conflict
from core.api.schema import raises
from core.languages import sentence
from telephony.problems import TWILIO

_REFUSALS = ("permission_denied", "conflict", "call_gone", "invalid_number", *TWILIO)


class _HandlingApi(APIView):
    parser_classes = [BoundedJSONParser]

    def call(self, request: Request, sid: str) -> Call:
        """A living call that the sender may do something to."""
        call = visible_call(request, sid)
        agent: Any = request.user
        if not may_handle(call, by=agent):
            raise PermissionDenied(_("Only the agent on the call, a supervisor of its team or an admin can do this."))
        if call.is_terminal:
            raise Conflict(_("This call is over."))
        return call

    def now(self, request: Request, sid: str) -> Response:
        """Whoever has given the call away may not see it any more, and is told this once all the same."""
        call = call_get(sid)
        if call is None:
            raise Http404
        return Response(call_json(call, _agent(request)), status=202, headers={"ETag": call_etag(call)})


@contextmanager
def _refusals_told() -> Iterator[None]:
    try:
        yield
    except NoSuchTarget:
        raise ValidationError({"to": [_("There is nobody like that.")]}) from None
    except NoSuchParticipant:
        raise Http404 from None
    except NotPossible as error:
        raise Conflict(sentence(str(error))) from None


Handler = TypeVar("Handler", bound=Callable[..., Any])


def _operation(name: str, request: Any = None) -> Callable[[Handler], Handler]:
    return extend_schema(operation_id=f"calls_{name}", tags=["calls"], request=request, responses={202: CallSerializer})


class CallHoldApi(_HandlingApi):
    """Puts the other party on hold: music, until `resume`. Whoever asks twice asks once."""

    @raises(*_REFUSALS)
    @_operation("hold")
    def post(self, request: Request, sid: str) -> Response:
        call, agent = self.call(request, sid), _agent(request)
        with _refusals_told():
            services.hold(call.sid, by=agent)
        return self.now(request, call.sid)


class CallResumeApi(_HandlingApi):
    """Ends the hold."""

    @raises(*_REFUSALS)
    @_operation("resume")
    def post(self, request: Request, sid: str) -> Response:
        call, agent = self.call(request, sid), _agent(request)
        with _refusals_told():
            services.resume(call.sid, by=agent)
        return self.now(request, call.sid)


class CallParkApi(_HandlingApi):
    """Puts the other party on hold until the agent has talked on a second call: the agent's phone may then answer that
    one, by which its leg here ends. As soon as `parked_since` is told, not before. The way back is `move`."""

    @raises(*_REFUSALS)
    @_operation("park")
    def post(self, request: Request, sid: str) -> Response:
        call, agent = self.call(request, sid), _agent(request)
        with _refusals_told():
            services.park(call.sid, by=agent)
        return self.now(request, call.sid)


class CallTransferApi(_HandlingApi):
    """Gives the call to an agent, a team or a number: at once, or after a talk while the caller is on hold."""

    @raises(*_REFUSALS)
    @_operation("transfer", TransferRequestSerializer)
    def post(self, request: Request, sid: str) -> Response:
        call, agent = self.call(request, sid), _agent(request)
        body = TransferRequestSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        target = WhomSerializer.target(body.validated_data["to"])
        with _refusals_told():
            services.transfer(call.sid, target, mode=body.validated_data["mode"], by=agent)
        return self.now(request, call.sid)


class CallCompleteTransferApi(_HandlingApi):
    """Hands the caller over to whom the agent has talked with, and leaves."""

    @raises(*_REFUSALS)
    @_operation("complete_transfer")
    def post(self, request: Request, sid: str) -> Response:
        call, agent = self.call(request, sid), _agent(request)
        with _refusals_told():
            services.complete_transfer(call.sid, by=agent)
        return self.now(request, call.sid)


class CallCancelTransferApi(_HandlingApi):
    """Takes the caller back: whoever was called, or talked with, leaves."""

    @raises(*_REFUSALS)
    @_operation("cancel_transfer")
    def post(self, request: Request, sid: str) -> Response:
        call, agent = self.call(request, sid), _agent(request)
        with _refusals_told():
            services.cancel_transfer(call.sid, by=agent)
        return self.now(request, call.sid)


class CallMergeApi(_HandlingApi):
    """Lets all of them talk together."""

    @raises(*_REFUSALS)
    @_operation("merge")
    def post(self, request: Request, sid: str) -> Response:
        call, agent = self.call(request, sid), _agent(request)
        with _refusals_told():
            services.merge(call.sid, by=agent)
        return self.now(request, call.sid)


class CallSuperviseApi(_HandlingApi):
    """Lets a supervisor listen to a call, be heard by its agent alone, join it or take it over, or do another of these
    from now on. The supervisor's own browser then calls with `supervise`, the call's sid, among its parameters."""

    def call(self, request: Request, sid: str) -> Call:
        agent = _agent(request)
        call = call_get(sid.replace("\x00", "")) if is_supervisor_or_admin(agent) else None
        if call is None or not supervises(call, by=agent):
            # The team of a route's step supervises what another team's line has brought.
            call = visible_call(request, sid)
        if call.is_internal:
            raise Conflict(_("A call between colleagues is not supervised."))
        if not call_may_be_supervised(call, by=agent):
            raise PermissionDenied(
                _("Only a supervisor of its team or an admin can do this, and not on their own call.")
            )
        if call.is_terminal:
            raise Conflict(_("This call is over."))
        return call

    @raises(*_REFUSALS)
    @_operation("supervise", SuperviseRequestSerializer)
    def post(self, request: Request, sid: str) -> Response:
        call, agent = self.call(request, sid), _agent(request)
        body = SuperviseRequestSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        with _refusals_told():
            supervising.supervise(call.sid, body.validated_data["mode"], by=agent)
        return self.now(request, call.sid)


class CallHelpApi(_HandlingApi):
    """An agent asks the supervisors of the call's team for help with it, or does not any more."""

    @raises("permission_denied", "conflict")
    @_operation("help", HelpRequestSerializer)
    def post(self, request: Request, sid: str) -> Response:
        call, agent = visible_call(request, sid), _agent(request)
        if call.agent_id != agent.pk:
            raise PermissionDenied(_("Only the agent on the call can ask for help with it."))
        body = HelpRequestSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        try:
            help_want(call.sid, wanted=body.validated_data["wanted"], by=agent)
        except NoHelp as error:
            raise Conflict(sentence(str(error))) from None
        return self.now(request, call.sid)


class CallMoveApi(_HandlingApi):
    """The agent goes on with the call at another place: another tab, browser or app, which then calls with the
    parameter `Move`, the call's sid, within 20 seconds. As soon as it is there the phone that was in the call before
    is let go; when it does not come, the call goes on where it was. Whoever asks twice asks once."""

    @raises(*_REFUSALS)
    @_operation("move")
    def post(self, request: Request, sid: str) -> Response:
        call, agent = self.call(request, sid), _agent(request)
        with _refusals_told():
            services.move(call.sid, by=agent)
        return self.now(request, call.sid)


class CallParticipantsApi(_HandlingApi):
    """Who is in the call, and taking somebody into it."""

    @extend_schema(
        operation_id="calls_participants", tags=["calls"], responses=ParticipantSerializer(many=True), filters=False
    )
    def get(self, request: Request, sid: str) -> Response:
        return Response(participants_json(visible_call(request, sid), _agent(request)))

    @raises(*_REFUSALS)
    @_operation("participants_add", ParticipantRequestSerializer)
    def post(self, request: Request, sid: str) -> Response:
        call, agent = self.call(request, sid), _agent(request)
        body = ParticipantRequestSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        with _refusals_told():
            services.participant_add(call.sid, WhomSerializer.target(body.validated_data["to"]), by=agent)
        return self.now(request, call.sid)


class CallParticipantApi(_HandlingApi):
    """One of those in the call, by `leg`."""

    @raises(*_REFUSALS)
    @_operation("participants_update", ParticipantChangeSerializer)
    def patch(self, request: Request, sid: str, leg: str) -> Response:
        call, agent = self.call(request, sid), _agent(request)
        body = ParticipantChangeSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        wishes = body.validated_data
        with _refusals_told():
            services.participant_change(
                call.sid, _leg(leg), held=wishes.get("hold"), muted=wishes.get("muted"), by=agent
            )
        return self.now(request, call.sid)

    @raises(*_REFUSALS)
    @_operation("participants_remove")
    def delete(self, request: Request, sid: str, leg: str) -> Response:
        """Takes a participant out of the call."""
        call, agent = self.call(request, sid), _agent(request)
        with _refusals_told():
            services.participant_remove(call.sid, _leg(leg), by=agent)
        return self.now(request, call.sid)


class CallTransferTargetsApi(_HandlingApi):
    """Whom the call can be given to, with why not now."""

    @raises("permission_denied", "conflict")
    @extend_schema(
        operation_id="calls_transfer_targets",
        tags=["calls"],
        parameters=[
            OpenApiParameter("q", OpenApiTypes.STR, description="Part of a name or a number; a number as it is typed.")
        ],
        responses=TransferTargetsSerializer,
    )
    def get(self, request: Request, sid: str) -> Response:
        call, agent = self.call(request, sid), _agent(request)
        query = request.query_params.get("q", "")[:100].replace("\x00", "")
        return Response(targets_json(call, by=agent, query=query))


def _agent(request: Request) -> Any:
    return request.user


def _leg(text: str) -> str:
    return text.replace("\x00", "")[:64]
