"""The admin's home page shows what its viewer may see."""

from __future__ import annotations

import pytest
from django.utils import timezone

from config.doctor import last
from tests import factories
from tests.config.admin_pages import BAD, page, staff, words

pytestmark = pytest.mark.django_db


def test_staff_without_rights_see_nothing_of_it(line):
    factories.make_call(1, result="missed", start_time=timezone.now())
    factories.make_agent("ada")
    last.keep([BAD])

    assert words(page(staff())) == "Admin All pages You don’t have permission to view or edit anything."


def test_each_part_is_for_whoever_may_see_what_it_is_made_of(line):
    factories.make_call(1, result="missed", start_time=timezone.now())
    factories.make_agent("ada")
    last.keep([BAD])

    text = words(page(staff("view_call")))

    assert "Calls today 1" in text
    assert "1 missed caller" in text
    for hidden in ("Ada", "Who is reachable", "Agents reachable", "Doctor", "Nobody answers line"):
        assert hidden not in text, hidden


def test_who_may_see_agents_only_sees_no_calls(line):
    factories.make_call(1, result="missed", start_time=timezone.now())
    factories.make_agent("ada", team=line.team, reachable=True)

    text = words(page(staff("view_agent")))

    assert "Who is reachable 1 of 1 Ada Available" in text
    for hidden in ("Calls today", "Missed", "missed", "Needs doing", "Doctor"):
        assert hidden not in text, hidden


def test_who_may_change_lines_is_told_of_lines_and_of_no_calls(line):
    factories.make_call(1, result="missed", start_time=timezone.now())

    text = words(page(staff("change_line")))

    assert "Nobody answers line Support" in text
    assert "missed caller" not in text
