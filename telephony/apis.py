"""What all REST endpoints share: one shape for errors."""

from typing import Any

from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler

from telephony.errors import CallGone, InvalidNumber, RateLimited, TelephonyError


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """`{"detail": sentence}` for Twilio's failures as for our own."""
    if isinstance(error, TelephonyError):
        status = 502
        if isinstance(error, InvalidNumber):
            status = 400
        elif isinstance(error, CallGone):
            status = 409
        elif isinstance(error, RateLimited):
            status = 503
        return Response({"detail": error.message, "code": error.code, "permanent": error.permanent}, status=status)
    return drf_exception_handler(error, context)
