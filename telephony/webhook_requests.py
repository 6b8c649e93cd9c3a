"""What Twilio posts, read at a fraction of what any request costs: an ordinary form, and of the rest only what is asked
for. To all who look at it, it is the request that Django would have made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from io import BytesIO
from typing import IO, Any
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.handlers.asgi import ASGIRequest, get_script_prefix
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.encoding import escape_uri_path, iri_to_uri

_FORM = "application/x-www-form-urlencoded"
# The ways in which an ordinary form's type is written.
_FORM_TYPES: dict[bytes, dict[str, str]] = {
    _FORM.encode(): {},
    **{f"{_FORM}; charset={name}".encode(): {"charset": name} for name in ("UTF-8", "utf-8")},
}
_escaped = lru_cache(maxsize=64)(escape_uri_path)


class WebhookRequest(ASGIRequest):
    """A POST of an ordinary form."""

    def __init__(self, scope: Any, body: bytes, headers: Mapping[bytes, bytes], params: dict[str, str]) -> None:
        # In place of all that `ASGIRequest` works out at once.
        self.scope = scope
        self.method = "POST"
        self.path = self.path_info = scope["path"]
        self.script_name = ""
        self.content_type, self.content_params = _FORM, params
        self._encoding = params.get("charset")
        self._raw_headers = headers
        self._body = body
        self._stream = BytesIO(body)
        self._read_started = self._post_parse_error = False
        self.resolver_match = None

    @cached_property
    def META(self) -> dict[str, Any]:  # type: ignore[override]
        return ASGIRequest(self.scope, BytesIO()).META

    @cached_property
    def headers(self) -> _Headers:  # type: ignore[override]
        return _Headers(self._raw_headers)

    def get_full_path(self, force_append_slash: bool = False) -> str:
        query = self.scope.get("query_string", b"").decode()
        path: str = _escaped(self.path)
        if force_append_slash and not path.endswith("/"):
            path += "/"
        return f"{path}?{iri_to_uri(query)}" if query else path

    def _load_post_and_files(self) -> None:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if limit is not None and len(self._body) > limit:
            raise RequestDataTooBig("Request body exceeded settings.DATA_UPLOAD_MAX_MEMORY_SIZE.")
        self._post = form_read(self._body)
        self._files: MultiValueDict[str, Any] = MultiValueDict()


class _Headers(Mapping[str, str]):
    """A request's headers by their names in any case."""

    def __init__(self, raw: Mapping[bytes, bytes]) -> None:
        self._raw = raw

    def __getitem__(self, name: str) -> str:
        return self._raw[_raw_name(name)].decode("latin1")

    def get(self, name: str, default: Any = None) -> Any:
        value = self._raw.get(_raw_name(name))
        return default if value is None else value.decode("latin1")

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and _raw_name(name) in self._raw

    def __iter__(self) -> Iterator[str]:
        return (name.decode("latin1").title() for name in self._raw)

    def __len__(self) -> int:
        return len(self._raw)


@lru_cache(maxsize=64)
def _raw_name(name: str) -> bytes:
    return name.lower().replace("_", "-").encode("latin1", "replace")


def webhook_request(scope: Any, body: IO[bytes]) -> HttpRequest | None:
    """The request when it is an ordinary one; None when Django must look at it."""
    if scope["method"] != "POST" or not isinstance(body, BytesIO) or get_script_prefix(scope):
        return None
    headers = dict(scope["headers"])
    params = _FORM_TYPES.get(headers.get(b"content-type", b""))
    # A header that came twice, a name that two names could become: whoever does such things is in no hurry.
    if params is None or len(headers) != len(scope["headers"]) or b"_" in b" ".join(headers):
        return None
    if not scope.get("query_string", b"").isascii():
        return None
    return WebhookRequest(scope, body.getvalue(), headers, dict(params))


def form_read(body: bytes) -> QueryDict:
    """The fields of a form, exactly as Django reads them. Raises `TooManyFieldsSent`."""
    most = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
    if (
        not body.isascii()
        or (most is not None and body.count(b"&") >= most)
        # Signs that would part fields once they are unquoted; those that are quoted twice do no harm.
        or b"%26" in body
        or b"%3D" in body
        or b"%3d" in body
    ):
        return QueryDict(body, encoding="utf-8")
    text = unquote_to_bytes(body.replace(b"+", b" ")).decode("utf-8", "replace")
    pairs = [pair.partition("=") for pair in text.split("&") if pair]
    lists = {name: [value] for name, _, value in pairs}
    if len(lists) < len(pairs):
        lists = {name: [] for name in lists}
        for name, _, value in pairs:
            lists[name].append(value)
    return _query_dict(lists)


def _query_dict(lists: dict[str, list[str]]) -> QueryDict:
    """One that cannot be changed, made without the detour of reading a text."""
    form = QueryDict.__new__(QueryDict)
    dict.update(form, lists)
    vars(form).update(_encoding="utf-8", _mutable=False)
    return form
