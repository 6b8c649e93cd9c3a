"""What the admin's home page and its own page say of the doctor."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.utils import timezone, translation

from config.doctor import last, views
from config.models import DoctorReport
from core.languages import kept
from telephony.doctor.findings import Check
from telephony.doctor.runner import run
from tests.config.admin_pages import BAD, DOUBTFUL, FINE, page, words

pytestmark = pytest.mark.django_db


def test_home_shows_what_the_doctor_found_last_and_when_and_looks_at_nothing_itself(admin):
    with patch.object(views, "examine", autospec=True, return_value=[FINE, BAD, DOUBTFUL]) as examine:
        assert "The Doctor has not looked yet." in words(page(admin))
        assert examine.call_count == 0
        page(admin, "/admin/doctor/")
        text = words(page(admin))

        assert examine.call_count == 1
    assert "1 wrong 1 warning Check again Bad thing It is not. Doubtful thing It may be." in text
    assert f"1 check was right. Checked {timezone.localtime():%-d %B}" in text
    assert "The Doctor found something wrong: Bad thing" in text


def test_when_all_is_well_the_doctor_says_so(admin):
    last.keep([FINE])

    assert "Everything is as it should be, checked" in words(page(admin))


def test_no_address_is_kept_of_what_the_doctor_found():
    last.keep([BAD])

    assert "https://" not in str(DoctorReport.objects.get().findings)


def test_the_doctor_looks_on_where_nothing_can_be_kept(admin):
    with (
        patch.object(DoctorReport.objects, "update_or_create", autospec=True, side_effect=OperationalError),
        patch.object(views, "examine", autospec=True, return_value=[FINE]),
    ):
        assert "All is well." in page(admin, "/admin/doctor/")


@pytest.mark.parametrize(("looked", "reads"), [("de", "en"), ("en", "de")])
def test_the_doctors_findings_are_said_in_the_viewers_language_whoever_looked(boss, admin, looked, reads):
    off = Check("simulator", kept("Simulator"), lambda check: check.warning(kept("It is off."), ""))
    broken = Check("numbers", kept("Numbers"), lambda check: check.failed(str(1 / 0), ""))
    with translation.override(looked):
        last.keep(run([off, broken]))
    boss.language = reads
    boss.save()
    text = words(page(admin))

    expected = {
        "en": ("Simulator It is off.", "wrong: Numbers", "The check broke off: ZeroDivisionError."),
        "de": ("Simulator Er ist ausgeschaltet.", "Nummern", "Die Prüfung brach ab: ZeroDivisionError."),
    }
    assert [part for part in expected[reads] if part not in text] == [], text


def test_the_doctors_page_is_german_for_whoever_reads_german(boss, admin):
    boss.language = "de"
    boss.save()
    check = Check(
        "lines", kept("Lines"), lambda check: check.failed(kept("There is no line yet."), kept("See the log."))
    )
    with patch("config.doctor.checks.CHECKS", (check,)):
        text = words(page(admin, "/admin/doctor/"))

    assert "Leitungen fehlgeschlagen Es gibt noch keine Leitung. Sehen Sie im Protokoll nach." in text
