"""Calling against a rule, over REST."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.resources import BoundedJSONParser, CleanField, Conflict, StrictSerializer
from core.api.schema import raises
from routing.outgoing.checks import dialled
from routing.outgoing.overrides import LIFETIME, MOST_REASON, NotOverridden, override_open
from routing.outgoing.roles import role_of
from routing.selectors import line_to_call_from


class OverrideInputSerializer(StrictSerializer):
    """One call against a rule."""

    to = serializers.CharField(max_length=64, help_text="E.164, or as it is dialled in the home region.")
    reason = CleanField(max_length=MOST_REASON, help_text="Why, for whoever looks at it later.")


class OverrideSerializer(serializers.Serializer[Any]):
    id = serializers.CharField(help_text="The call's parameter `Override`. For one call of the same agent.")
    to = serializers.CharField(help_text="E.164.")
    expires_at = serializers.DateTimeField()


class OutgoingOverridesApi(APIView):
    """Calls against a rule."""

    parser_classes = [BoundedJSONParser]

    @raises("permission_denied", "conflict", "invalid_number")
    @extend_schema(
        operation_id="outgoing_overrides_create",
        tags=["numbers"],
        request=OverrideInputSerializer,
        responses={201: OverrideSerializer},
    )
    def post(self, request: Request) -> Response:
        """Lets the signed-in agent call a number once within two minutes, though hours or the do-not-call list forbid
        it. For those whom the rule lets; it is kept with the reason."""
        agent: Any = request.user
        body = OverrideInputSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        line = line_to_call_from(agent, None)
        caller_id = line.number if line else settings.TWILIO_CALLER_ID
        # Raises what nobody can override: it is answered as any wrong number is.
        found = dialled(body.validated_data["to"], line=line, caller_id=caller_id, role=role_of(agent))
        if not found.refusals:
            raise Conflict(_("Nothing forbids this call: make it."))
        number = found.number.e164
        try:
            row = override_open(number, found.refusals, reason=body.validated_data["reason"], by=agent)
        except NotOverridden as error:
            raise PermissionDenied(str(error)) from None
        answer = {"id": row.key, "to": number, "expires_at": row.at + LIFETIME}
        return Response(OverrideSerializer(answer).data, status=201)
