"""Callers who are not let through as others are."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from routing.models import SpamRule
from routing.spam import SpamAction, SpamFacts, spam_verdict

REFUSE, VOICEMAIL, MARK = SpamAction.REFUSE, SpamAction.VOICEMAIL, SpamAction.MARK
RULES = [
    SpamFacts("prefix", "+1900", MARK),
    SpamFacts("number", "+19005550100", REFUSE),
    SpamFacts("stir-failed", "", VOICEMAIL),
]


@pytest.mark.parametrize(
    ("caller", "stir", "action"),
    [
        ("+19005550100", "", REFUSE),
        ("+19005550199", "", MARK),
        ("+19005550199", "TN-Validation-Failed-A", VOICEMAIL),
        ("+12025550142", "TN-Validation-Failed", VOICEMAIL),
        ("+12025550142", "TN-Validation-Passed-A", None),
        ("+12025550142", "No-TN-Validation", None),
        ("anonymous", "", None),
        ("", "", None),
    ],
)
def test_the_strictest_rule_that_fits_is_carried_out(caller, stir, action):
    verdict = spam_verdict(RULES, caller, stir)

    assert (verdict.action if verdict else None) == action


def test_an_empty_beginning_fits_nobody():
    assert spam_verdict([SpamFacts("prefix", "", REFUSE)], "+12025550142", "") is None


@pytest.mark.parametrize(
    ("kind", "number", "kept"),
    [
        ("number", "(202) 555-0142", "+12025550142"),
        ("prefix", "+1 (900)", "+1900"),
        ("stir-failed", "+1900", ""),
    ],
)
def test_a_number_is_kept_in_one_form(kind, number, kept):
    rule = SpamRule(kind=kind, number=number)

    rule.clean()

    assert rule.number == kept


@pytest.mark.parametrize(
    ("kind", "number"), [("number", "12"), ("number", ""), ("prefix", "900"), ("prefix", ""), ("prefix", "+")]
)
def test_what_is_no_number_is_refused(kind, number):
    with pytest.raises(ValidationError):
        SpamRule(kind=kind, number=number).clean()
