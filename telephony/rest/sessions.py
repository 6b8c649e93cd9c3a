"""What of `requests` a form to Twilio costs, without what it does not need.

A text takes Twilio's API some fifty milliseconds and a processor one: most of that went into reading the same address,
the same headers and the same environment again, into a jar for cookies that nobody sets, and into following redirects
that are not followed. Everything else takes the library's own way.
"""

from __future__ import annotations

from base64 import b64encode
from functools import lru_cache
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from requests.utils import get_encoding_from_headers


class _Form(requests.PreparedRequest):
    """A form that is posted with a user and a password."""

    def __init__(self, url: str, headers: dict[str, Any], body: str) -> None:
        super().__init__()
        self.method, self.url, self.headers, self.body = "POST", url, CaseInsensitiveDict(headers), body
        self.hooks = {}


class TwilioSession(requests.Session):
    """Reads the environment (proxies, certificates) once for each host, and an address once."""

    def __init__(self, *, connections: int) -> None:
        super().__init__()
        self._settings: dict[str, dict[str, Any]] = {}
        adapter = _Adapter(pool_maxsize=connections)
        self.mount("https://", adapter)
        self.mount("http://", adapter)

    def merge_environment_settings(self, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any) -> Any:
        if stream is not None or verify is not None or cert is not None:
            return super().merge_environment_settings(url, proxies, stream, verify, cert)
        host = urlsplit(str(url)).netloc
        if host not in self._settings:
            self._settings[host] = dict(super().merge_environment_settings(url, proxies, stream, verify, cert))
        return dict(self._settings[host])

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        data, auth = request.data, request.auth
        is_form = request.method == "POST" and isinstance(data, dict) and isinstance(auth, tuple)
        if not is_form or request.params or request.files or request.json or request.cookies:
            return super().prepare_request(request)
        fields: dict[str, Any] = dict(data)  # type: ignore[arg-type]
        user, password = cast("tuple[str, str]", auth)
        body = urlencode(fields, doseq=True)
        headers = {
            **self.headers,
            **(request.headers or {}),
            "Content-Length": str(len(body)),
            "Authorization": _basic(user, password),
        }
        return _Form(_read(request.url), headers, body)

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        if not isinstance(request, _Form) or options.pop("allow_redirects", True):
            return super().send(request, **options)
        answer = self.get_adapter(url=str(request.url)).send(request, **options)
        # Reads it whole: the connection is free again.
        answer.content  # noqa: B018
        return answer


class _Adapter(HTTPAdapter):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._pools: dict[tuple[str, str], Any] = {}

    def get_connection_with_tls_context(
        self, request: requests.PreparedRequest, verify: Any, proxies: Any = None, cert: Any = None
    ) -> Any:
        if not isinstance(request, _Form) or proxies or cert or verify is not True:
            return super().get_connection_with_tls_context(request, verify, proxies, cert)
        parts = urlsplit(str(request.url))
        key = parts.scheme, parts.netloc
        if key not in self._pools:
            self._pools[key] = super().get_connection_with_tls_context(request, verify, proxies, cert)
        return self._pools[key]

    def build_response(self, req: requests.PreparedRequest, resp: Any) -> requests.Response:
        if not isinstance(req, _Form):
            return super().build_response(req, resp)
        answer = requests.Response()
        answer.status_code, answer.reason = resp.status, resp.reason
        answer.headers = CaseInsensitiveDict(resp.headers)
        answer.encoding = get_encoding_from_headers(answer.headers)
        answer.raw, answer.request, answer.url = resp, req, str(req.url)
        return answer


@lru_cache(maxsize=256)
def _read(url: str) -> str:
    """The address as the library sends it."""
    return str(requests.Request("POST", url).prepare().url)


@lru_cache(maxsize=16)
def _basic(user: str, password: str) -> str:
    return "Basic " + b64encode(f"{user}:{password}".encode("latin-1")).decode()
