"""Headers that Django has no setting for."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from core.proxies import is_trusted


class TrustedProxyMiddleware:
    """Forgets what a stranger claims in X-Forwarded-*: only `TRUSTED_PROXIES` may say how a request came to them."""

    _CLAIMS = ("HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT", "HTTP_X_FORWARDED_FOR")

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_trusted(request.META.get("REMOTE_ADDR", "")):
            for name in self._CLAIMS:
                request.META.pop(name, None)
        elif "HTTP_X_FORWARDED_PROTO" in request.META:
            # Several proxies in a row: the first is the one that the browser met.
            request.META["HTTP_X_FORWARDED_PROTO"] = request.META["HTTP_X_FORWARDED_PROTO"].split(",")[0].strip()
        return self.get_response(request)


class PermissionsPolicyMiddleware:
    """The desk may use the microphone; nothing here may use the camera or the place."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", "microphone=(self), camera=(), geolocation=()")
        return response


class PrivateMiddleware:
    """Nothing that a view says is kept by a proxy or on a shared computer, unless the view says so. Static files do not
    come this far."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response
