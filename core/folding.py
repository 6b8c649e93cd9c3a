"""Text as it is searched: without case and accents, however it is composed.

SQLite's LIKE folds ASCII only, PostgreSQL's ILIKE no accents: what is to be found is stored folded beside the text, and
what is looked for is folded in the same way.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from django.db import models
from django.http import HttpRequest

# Letters with a stroke, which Unicode does not take apart, as people type them who do not have them.
_STROKES = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "ı": "i"})
# Marks of this canonical class and above are accents and vowel points; those below are parts of letters, as in Hindi.
_FIRST_ACCENT = 10


def fold(text: str) -> str:
    """`Leïla` → `leila`, `МАРИЯ` → `мария`, `Straße` → `strasse`. Folded text stays as it is."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(ch for ch in apart if unicodedata.combining(ch) < _FIRST_ACCENT).translate(_STROKES)


class FoldedField(models.TextField[str, str]):
    """The other fields `of` its row, folded: written whenever a model is saved.

    Who writes past models (`QuerySet.update`, `core.sql.statements`) writes it as well.
    """

    def __init__(self, *, of: tuple[str, ...] = (), **options: Any) -> None:
        self.of = of
        defaults: dict[str, Any] = {"blank": True, "default": "", "editable": False}
        super().__init__(**(defaults | options))

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        return name, path, args, options | {"of": self.of}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        folded = folded_of(*(getattr(model_instance, name) for name in self.of))
        setattr(model_instance, self.attname, folded)
        return folded


def folded_of(*texts: str) -> str:
    """What a `FoldedField` of these texts holds."""
    return "\n".join(fold(text) for text in texts if text)


class SearchesFolded:
    """A page of Django admin whose `search_fields` name folded fields."""

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        return super().get_search_results(request, queryset, fold(search_term))  # type: ignore[misc]
