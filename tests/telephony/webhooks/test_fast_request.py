"""The light request is the one that Django would have made."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.core.handlers.asgi import ASGIRequest
from django.http import QueryDict
from hypothesis import assume, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from telephony.webhooks.fast_request import WebhookRequest, form_read, webhook_request

FORM = b"application/x-www-form-urlencoded"
# What forms are made of, and what breaks them.
signs = st.sampled_from(["a", "b", "=", "&", "+", ";", "%", "é", "😀", " ", "\x00", "\r\n", "CallSid"])
quoted = ["%2B", "%26", "%3D", "%3d", "%25", "%2526", "%C3%A9", "%C3", "%A9", "%E2%82", "%F0%9F%98%80", "%ED%A0%80"]
pieces = signs | st.sampled_from(quoted) | st.sampled_from(["%2", "%0", "%00", "%zz"])
bodies = st.lists(pieces, max_size=20).map("".join).map(str.encode) | st.binary(max_size=30)


@hypothesis_settings(max_examples=2000, deadline=None)
@given(body=bodies)
@example(body=b"a=%C3&%A9=b")
@example(body=b"a%3Db=c&d%26e=f")
@example(body=b"a=%2526")
@example(body=b"a=\xff&b=%C3%A9")
@example(body=b"&&a&=b&a=1&a=2&")
def test_a_form_is_read_as_django_reads_it(body):
    ours, djangos = form_read(body), QueryDict(body, encoding="utf-8")

    assert list(ours.lists()) == list(djangos.lists())


def test_a_form_cannot_be_changed_but_a_copy_can():
    form = form_read(b"a=1&a=2&b=%C3%A9")

    with pytest.raises(AttributeError):
        form["a"] = "3"
    changed = form.copy()
    changed["a"] = "3"

    assert (form["a"], form.getlist("a"), form.get("c", "-"), form.encoding) == ("2", ["1", "2"], "-", "utf-8")
    assert changed.urlencode() == "a=3&b=%C3%A9"


@pytest.mark.parametrize("count", [1, 999, 1000, 1001])
@pytest.mark.parametrize("pair", [b"a=b", b"", b"a=%26"])
def test_as_many_fields_as_django_takes_are_taken(count, pair):
    def outcome(read: Any) -> Any:
        try:
            return list(read(b"&".join([pair] * count)).lists())
        except TooManyFieldsSent as error:
            return str(error)

    assert outcome(form_read) == outcome(QueryDict)


def scope(*headers: tuple[bytes, bytes], **changes: Any) -> dict[str, Any]:
    return {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "scheme": "https",
        "path": "/twilio/voice/status/",
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"desk.example.com"), (b"content-type", FORM), *headers],
        "client": ("203.0.113.7", 4711),
        "server": ("desk.example.com", 443),
    } | changes


headers = st.lists(
    st.tuples(
        st.sampled_from([b"x-twilio-signature", b"authorization", b"cookie", b"x-forwarded-for", b"accept", b"x_odd"]),
        st.sampled_from([b"", b"a=b; c=d", b"Basic x", b"\xe9", b"1, 2"]),
    ),
    max_size=4,
)
NAMES = ["X-Twilio-Signature", "x_twilio_signature", "AUTHORIZATION", "Cookie", "Host", "Content-Type", "X_Odd", "é"]


@hypothesis_settings(max_examples=400, deadline=None)
@given(
    more=headers,
    kind=st.sampled_from([FORM, FORM + b"; charset=UTF-8", FORM + b"; charset=utf-8"]),
    path=st.sampled_from(["/twilio/voice/status/", "/twilio/é /", "/twilio/a%20b"]),
    query=st.sampled_from([b"", b"a=1&b=%C3%A9", b"LineId=3&x= ?", b"%zz"]),
    body=bodies,
)
def test_whatever_is_asked_of_it_it_answers_as_djangos_own(more, kind, path, query, body):
    said = scope((b"content-length", str(len(body)).encode()), *more, path=path, query_string=query)
    said["headers"][1] = (b"content-type", kind)
    ours, djangos = webhook_request(said, BytesIO(body)), ASGIRequest(said, BytesIO(body))
    assume(ours is not None)

    for name in ("method", "path", "path_info", "content_type", "content_params", "encoding", "scheme", "body"):
        assert getattr(ours, name) == getattr(djangos, name)
    assert (ours.META, ours.GET, ours.COOKIES) == (djangos.META, djangos.GET, djangos.COOKIES)
    assert (ours.POST, ours.FILES) == (djangos.POST, djangos.FILES)
    assert ours.get_full_path() == djangos.get_full_path()
    assert ours.get_full_path(force_append_slash=True) == djangos.get_full_path(force_append_slash=True)
    assert ours.build_absolute_uri() == djangos.build_absolute_uri()
    assert dict(ours.headers) == dict(djangos.headers)
    for name in NAMES:
        assert ours.headers.get(name) == djangos.headers.get(name)
        assert (name in ours.headers) == (name in djangos.headers)
    assert ours.read() == djangos.read()


def test_an_ordinary_form_is_read_the_light_way():
    assert isinstance(webhook_request(scope(), BytesIO(b"a=b")), WebhookRequest)


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(scope(method="GET"), id="GET"),
        pytest.param(scope(method="post"), id="post"),
        pytest.param(scope(root_path="/desk"), id="prefix"),
        pytest.param(scope(query_string=b"\xff"), id="query"),
        pytest.param(scope((b"content-type", FORM)), id="two types"),
        pytest.param(scope((b"x-twilio-signature", b"a"), (b"x-twilio-signature", b"b")), id="two signatures"),
        pytest.param(scope((b"x_twilio_signature", b"a")), id="odd name"),
        pytest.param(scope(headers=[]), id="no type"),
        pytest.param(scope(headers=[(b"content-type", b"application/json")]), id="JSON"),
        pytest.param(scope(headers=[(b"content-type", b"multipart/form-data; boundary=x")]), id="files"),
        pytest.param(scope(headers=[(b"content-type", FORM + b"; charset=latin-1")]), id="charset"),
        pytest.param(scope(headers=[(b"content-type", FORM.upper())]), id="capitals"),
    ],
)
def test_all_else_is_left_to_django(said):
    assert webhook_request(said, BytesIO(b"a=b")) is None


def test_a_form_that_is_too_large_is_refused_each_time_that_it_is_asked_for(settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 5

    request = webhook_request(scope(), BytesIO(b"a=bcde"))

    assert request is not None
    for _ in range(2):
        with pytest.raises(RequestDataTooBig):
            _ = request.POST
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 6
    assert request.POST["a"] == "bcde"


def test_a_setting_without_a_limit_sets_none(settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = None

    request = webhook_request(scope(), BytesIO(b"&".join([b"a=b"] * 2000)))

    assert request is not None
    assert len(request.POST.getlist("a")) == 2000
