"""German is complete, and the compiled catalogue is the one that can be read."""

from __future__ import annotations

import ast

import pytest

from tests.languages.catalogue import blanks, keys, keys_in_code, mo_texts, po_entries
from tests.packages import ROOT

PO = ROOT / "locale/de/LC_MESSAGES/django.po"


@pytest.fixture(scope="module")
def german():
    return po_entries(PO)


def test_every_text_of_the_code_and_of_the_templates_is_in_the_catalogue(german):
    known = {(entry.context, entry.key) for entry in german}

    assert len(known) > 700
    assert sorted(keys_in_code() - known) == []


def test_a_text_is_asked_for_under_whatever_name_a_module_calls_gettext():
    """xgettext knows the usual names only, and passes over the others without a word."""
    module = """
from django.utils import translation
from django.utils.translation import gettext as said, ngettext_lazy as many, pgettext
from core.languages import kept as _
said("One"), many("Two", "Twos", 2), pgettext("of a call", "Three"), _("Four") % {}, translation.gettext("Five")
other("Six"), said(variable)
"""

    assert sorted(keys(ast.parse(module))) == [
        ("", "Five"), ("", "Four"), ("", "One"), ("", "Two"), ("of a call", "Three"),
    ]  # fmt: skip


def test_no_text_is_left_without_german(german):
    assert [entry.key for entry in german if not all(entry.texts) or entry.is_fuzzy] == []


def test_a_text_has_as_many_forms_as_german_asks_for(german):
    assert {len(entry.texts) for entry in german if entry.plural} == {2}


def test_german_has_the_same_blanks(german):
    wrong = []
    for entry in german:
        asked = blanks(entry.plural or entry.key)
        wrong += [text for text in entry.texts if blanks(text) != asked]

    assert wrong == []


def test_german_quotes_as_german_does(german):
    """„…“, and neither English quotation marks nor straight ones."""
    assert [text for entry in german for text in entry.texts if "”" in text or '"' in text] == []


def test_the_compiled_catalogue_is_that_of_the_readable_one(german):
    """`make messages` makes it."""
    compiled = mo_texts(PO.with_suffix(".mo"))
    expected: dict[object, str] = {}
    for entry in german:
        key = f"{entry.context}\x04{entry.key}" if entry.context else entry.key
        if entry.plural:
            expected |= {(key, number): text for number, text in enumerate(entry.texts)}
        else:
            expected[key] = entry.texts[0]

    assert {key: text for key, text in compiled.items() if key != ""} == expected
