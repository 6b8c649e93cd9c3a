"""What Twilio posts, read at a fraction of what any request costs: an ordinary form, and of the rest only what is asked
for. To all who look at it, it is the request that Django would have made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from io import BytesIO
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, TooManyFieldsSent
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
# So much is read of a form that is not written as Twilio writes one, which takes a hundred times as long.
_MOST_ODD = 2048
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
    def headers(self) -> RawHeaders:  # type: ignore[override]
        return RawHeaders(self._raw_headers)

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


def read_form_soon(request: HttpRequest) -> None:
    """Reads the form of a request that Django made as fast as that of a light one. Raises what `form_read` raises, and
    what Django does for a body that is too large."""
    if request.content_type != _FORM or hasattr(request, "_post") or isinstance(request, WebhookRequest):
        return
    if (request.content_params or {}).get("charset", "utf-8").lower() == "utf-8":
        # As Django's own method leaves them.
        vars(request).update(_post=form_read(request.body), _files=MultiValueDict())


class RawHeaders(Mapping[str, str]):
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
    """The fields of a form, exactly as Django reads them. Raises `TooManyFieldsSent`, and `BadRequest` for a long one
    that is written as no program writes a form."""
    most = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
    if most is not None and body.count(b"&") >= most:
        raise TooManyFieldsSent("The number of GET/POST parameters exceeded settings.DATA_UPLOAD_MAX_NUMBER_FIELDS.")
    try:
        pairs = _pairs(body)
    except ValueError:
        if len(body) > _MOST_ODD:
            raise BadRequest("This is no form.") from None
        return QueryDict(body, encoding="utf-8")
    lists = {name: [value] for name, value in pairs}
    if len(lists) < len(pairs):
        lists = {name: [] for name in lists}
        for name, value in pairs:
            lists[name].append(value)
    return _query_dict(lists)


def _pairs(body: bytes) -> list[tuple[str, str]]:
    """Raises `ValueError` when there is a byte that should have been quoted, or a percent sign that quotes nothing."""
    if not body.isascii():
        raise ValueError
    if b"%26" in body or b"%3D" in body or b"%3d" in body:
        # Signs that would part fields once they are unquoted.
        parted = [pair.partition(b"=") for pair in body.split(b"&") if pair]
        return [(_unquoted(name), _unquoted(value)) for name, _, value in parted]
    return [(name, value) for name, _, value in [pair.partition("=") for pair in _unquoted(body).split("&") if pair]]


def _unquoted(text: bytes) -> str:
    """What `urllib.parse.unquote_plus` makes of it, by a codec that is written in C: a form is read before it is known
    who sent it, and the library takes thirty times as long for one of percent signs. Raises `ValueError`."""
    if b"%" not in text:
        return text.replace(b"+", b" ").decode("ascii")
    # The codec knows many escapes; with every backslash doubled there are none but those made here.
    escaped = text.replace(b"+", b" ").replace(b"\\", b"\\\\").replace(b"%", b"\\x")
    return escaped.decode("unicode_escape").encode("latin-1").decode("utf-8", "replace")


def _query_dict(lists: dict[str, list[str]]) -> QueryDict:
    """One that cannot be changed, made without the detour of reading a text."""
    form = QueryDict.__new__(QueryDict)
    dict.update(form, lists)
    vars(form).update(_encoding="utf-8", _mutable=False)
    return form
