"""Who asks the REST API: a device by its token, or a browser by its session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.plumbing import build_bearer_security_scheme_object
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from agents.selectors import agent_is_suspended, agent_may_sign_in
from core.languages import speak_to
from core.proxies import client_address
from tokens.errors import AccessRefused
from tokens.models import Device
from tokens.selectors import devices_with
from tokens.services import device_seen

if TYPE_CHECKING:
    from agents.models import Agent

SCHEME = "Token"


class DeviceAuthentication(BaseAuthentication):
    """`Authorization: Token …`, made by knox. One query finds the device and its agent.

    Knox's own class asks for the agent's other tokens each time and cannot say "revoked". Raises `AccessRefused`: 401
    for a token that is none, 403 for one that was good until somebody ended it.
    """

    def authenticate(self, request: Request) -> tuple[Agent, Device] | None:
        scheme, _, token = get_authorization_header(request).partition(b" ")
        if scheme.lower() != SCHEME.lower().encode():
            return None
        text = token.strip().decode("latin-1")
        device = devices_with([text]).get(text)
        if device is None:
            raise AccessRefused("invalid_token")
        agent: Agent = device.user
        if device.revoked_at is not None:
            raise AccessRefused("device_revoked")
        if device.has_expired:
            raise AccessRefused("token_expired")
        if not agent_may_sign_in(agent):
            raise AccessRefused("agent_suspended")
        device_seen(device=device, address=client_address(request))
        speak_to(agent.language)
        return agent, device

    # `authenticate_header` stays empty: whoever sends no token at all gets the 403 that the desk gets.


class DeskSessionAuthentication(SessionAuthentication):
    """The framework's, with its CSRF check; says why when a session ended because its agent was suspended."""

    def authenticate(self, request: Request) -> Any:
        found = super().authenticate(request)
        if found is None:
            _explain(request)
        return found

    def enforce_csrf(self, request: Request) -> None:
        try:
            super().enforce_csrf(request)
        except PermissionDenied:
            raise AccessRefused("csrf_failed") from None


def _explain(request: Request) -> None:
    session = getattr(request._request, "session", None)  # noqa: SLF001 - the framework's own way to it
    agent_id = str(session.get(SESSION_KEY, "")) if session is not None else ""
    if agent_id.isdigit() and agent_is_suspended(int(agent_id)):
        raise AccessRefused("agent_suspended")


class DeviceScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """For the OpenAPI page."""

    target_class = "tokens.authentication.DeviceAuthentication"
    name = "deviceToken"

    def get_security_definition(self, auto_schema: Any) -> Any:
        return build_bearer_security_scheme_object(header_name="Authorization", token_prefix=SCHEME)


class DeskSessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "tokens.authentication.DeskSessionAuthentication"
    name = ["deskSession", "csrfToken"]

    def get_security_requirement(self, auto_schema: Any) -> dict[str, list[Any]]:
        safe = auto_schema.method in ("GET", "HEAD", "OPTIONS")
        return {name: [] for name in (self.name[:1] if safe else self.name)}

    def get_security_definition(self, auto_schema: Any) -> Any:
        session = "The session of a browser that is signed in at the desk."
        csrf = "With the session, for what changes something: the value of the cookie `csrftoken`."
        return [
            {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME, "description": session},
            {"type": "apiKey", "in": "header", "name": "X-CSRFToken", "description": csrf},
        ]
