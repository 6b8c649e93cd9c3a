"""Signing a device in and out, and the agent's devices."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import logout
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from agents.services import agent_sign_out_everywhere
from core.api.resources import CleanField, choose_one_of
from core.api.schema import NO_STORE, raises
from core.proxies import client_address
from tokens import services
from tokens.errors import AccessRefused
from tokens.models import Device, Platform
from tokens.selectors import devices_of
from tokens.throttles import LoginAddressThrottle, LoginUsernameThrottle

_NO_STORE = {"Cache-Control": "no-store"}


class LoginRequestSerializer(serializers.Serializer[Any]):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=4096, trim_whitespace=False, style={"input_type": "password"})
    device_name = CleanField(max_length=80, help_text="What the agent calls it, such as Ada's iPhone.")
    platform = serializers.ChoiceField(
        choices=Platform.choices,
        # The framework's own words repeat what was sent, which may not be text.
        error_messages={"invalid_choice": choose_one_of(Platform.values)},
    )


class DeviceSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    platform = serializers.ChoiceField(choices=Platform.choices)
    address = serializers.CharField(allow_null=True, help_text="Of its last request.")
    created_at = serializers.DateTimeField(source="created")
    last_used_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(source="expiry", allow_null=True)
    current = serializers.SerializerMethodField(help_text="Whether it is the one that asks.")

    def get_current(self, device: Device) -> bool:
        return bool(device.pk == getattr(self.context.get("device"), "pk", None))


class LoginAgentSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    identity = serializers.CharField()
    name = serializers.CharField()
    role = serializers.CharField()


class LoginSerializer(serializers.Serializer[Any]):
    token = serializers.CharField(help_text="Sent from now on as `Authorization: Token …`. Shown only this once.")
    expires_at = serializers.DateTimeField()
    device = DeviceSerializer()
    agent = LoginAgentSerializer()


class LoginApi(APIView):
    """Signs a device in. Wrong credentials get one and the same answer, whatever was wrong with them."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]
    throttle_classes = [LoginAddressThrottle, LoginUsernameThrottle]

    @raises("wrong_credentials", "locked_out")
    @extend_schema(
        operation_id="auth_login",
        parameters=[NO_STORE],
        request=LoginRequestSerializer,
        responses=LoginSerializer,
        auth=[],
    )
    def post(self, request: Request) -> Response:
        wanted = LoginRequestSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        fields = wanted.validated_data
        found = services.device_log_in(
            request=request._request,  # noqa: SLF001 - axes marks Django's own
            username=fields["username"],
            password=fields["password"],
            name=fields["device_name"],
            platform=fields["platform"],
        )
        if found is None:
            raise AccessRefused("wrong_credentials")
        device, token = found
        answer = {"token": token, "expires_at": device.expiry, "device": device, "agent": device.user}
        return Response(LoginSerializer(answer, context={"device": device}).data, headers=_NO_STORE)


class LogoutApi(APIView):
    """Ends this device's log-in, or the session of the browser that asks."""

    @extend_schema(operation_id="auth_logout", request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        if isinstance(request.auth, Device):
            services.device_revoke(
                device=request.auth, by=request.auth.user, address=client_address(request), kind="signed-out"
            )
        else:
            logout(request._request)  # noqa: SLF001 - the session is Django's
        return Response(status=status.HTTP_204_NO_CONTENT)


class LogoutAllApi(APIView):
    """Ends every log-in of the agent: all devices, all browsers, all open desks."""

    @extend_schema(operation_id="auth_logout_all", request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        agent: Any = request.user
        agent_sign_out_everywhere(agent=agent, by=agent, address=client_address(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class DeviceListApi(APIView):
    """The agent's devices that are signed in, the newest first."""

    @extend_schema(operation_id="devices_list", responses=DeviceSerializer(many=True))
    def get(self, request: Request) -> Response:
        found = devices_of(request.user)  # type: ignore[arg-type]
        return Response(DeviceSerializer(found, many=True, context={"device": request.auth}).data)


class DeviceApi(APIView):
    """One of the agent's devices."""

    @extend_schema(operation_id="devices_revoke", responses={204: None})
    def delete(self, request: Request, device_id: int) -> Response:
        """Signs one of the agent's devices out, such as a lost telephone."""
        agent: Any = request.user
        device = devices_of(agent).filter(pk=device_id).first()
        if device is None:
            raise Http404
        services.device_revoke(device=device, by=agent, address=client_address(request))
        return Response(status=status.HTTP_204_NO_CONTENT)
