"""What REST resources that can be edited share: conflicts, versions, strict and bounded bodies."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable, Mapping
from typing import IO, Any

from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise
from rest_framework import serializers
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from core.languages import number_text
from core.text import cleaned, cleaned_lines, without_invisible

_MAX_BYTES = 1_048_576
# What the framework refuses by itself.
_BROKEN = re.compile("[\x00\ud800-\udfff]")


class Conflict(APIException):
    status_code = 409
    default_detail = gettext_lazy("This does not fit what is stored. Read it again.")
    default_code = "conflict"


class Changed(APIException):
    """RFC 9110, section 13.1.1: the resource is not the one that the client had read."""

    status_code = 412
    default_detail = gettext_lazy("This was changed meanwhile. Read it again, then repeat your change.")
    default_code = "changed"


class TooLarge(APIException):
    status_code = 413
    default_detail = gettext_lazy("This is too large.")
    default_code = "too_large"


def require_version(request: Request, etag: str) -> None:
    """Raises `Changed` when `If-Match` names versions and the current one is not among them.

    Without the header the change is made to whatever is stored.
    """
    wanted = request.headers.get("If-Match")
    if wanted is None:
        return
    tags = [tag.strip() for tag in wanted.split(",")]
    # A weak tag never matches here: RFC 9110, section 13.1.1, asks for the strong comparison.
    if "*" not in tags and etag not in tags:
        raise Changed


def printable(text: Any) -> str:
    """What a client sent, fit to be sent back: half a surrogate pair cannot be written as UTF-8."""
    return str(text)[:100].encode("utf-8", "replace").decode()


def read_bounded(stream: IO[bytes], limit: int) -> bytes:
    """All of it. Raises `TooLarge`: Django bounds forms and files, but not a body that a parser reads itself."""
    data = stream.read(limit + 1)
    if len(data) > limit:
        raise TooLarge(_("Send at most %(size)s KB at a time.") % {"size": number_text(limit // 1024)})
    return data


class BoundedJSONParser(BaseParser):
    """JSON of a bounded size and depth. The framework's own crashes on brackets that are nested too deep."""

    media_type = "application/json"
    max_bytes = _MAX_BYTES

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        data = read_bounded(stream, self.max_bytes)
        try:
            return json.loads(codecs.decode(data, "utf-8-sig"), parse_constant=_refuse)
        except (ValueError, RecursionError):
            raise ParseError(_("This is not valid JSON.")) from None


def choose_one_of(words: Iterable[str]) -> StrOrPromise:
    """What is said of a word that is none of these; lazy, for it is kept with a field."""
    return format_lazy(gettext_lazy("Choose one of: {words}."), words=", ".join(words))


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _visible_line(text: str) -> str:
    return without_invisible(cleaned(text))


class CleanField(serializers.CharField):
    """One line of text: what is no character of a line becomes a space, and what nobody can see is nothing.

    NUL and half a surrogate pair are refused, as ever: only a broken program sends them.
    """

    clean = staticmethod(_visible_line)

    def to_internal_value(self, data: Any) -> str:
        text: str = super().to_internal_value(data)
        if _BROKEN.search(text):
            return text
        text = self.clean(text).strip()
        if not text and not self.allow_blank:
            self.fail("blank")
        return text


class CleanLinesField(CleanField):
    """Text of as many lines as it has, with a space for each character that is none of text."""

    clean = staticmethod(cleaned_lines)


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses fields that it does not know, so that a misspelt one is not silently left out."""

    # Names that are answered and may be sent back unchanged; they count for nothing.
    answered_only: frozenset[str] = frozenset()

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = [name for name in data if name not in self.fields and name not in self.answered_only]
            if unknown:
                allowed = ", ".join(name for name, field in self.fields.items() if not field.read_only)
                sentence = _("This cannot be set. What can be: %(fields)s.") % {"fields": allowed}
                raise serializers.ValidationError({printable(name): [sentence] for name in unknown[:20]})
        return super().to_internal_value(data)
