"""The call log that measurements are made with has every column that the product's has."""

from __future__ import annotations

import pytest

from bench import call_rows
from calls.models import Call
from core.folding import fold


@pytest.mark.django_db(transaction=True)
def test_a_log_can_be_filled_and_its_calls_are_such_as_the_product_keeps(monkeypatch):
    monkeypatch.setattr(call_rows, "CONTACTS", 20)

    call_rows.fill(call_rows.People(), 0, 5)

    roots = list(Call.objects.filter(parent=None))
    assert len(roots) == 5
    for call in roots:
        call.full_clean(validate_unique=False)
        assert call.legs.count() == 1
        assert call.searched_name == fold(call.caller_name)


@pytest.mark.django_db
def test_a_row_names_no_column_that_there_is_not(monkeypatch):
    monkeypatch.setattr(call_rows, "CONTACTS", 20)

    for row in call_rows.rows(call_rows.People(), 0, 5):
        assert row.keys() <= call_rows.columns().keys()
