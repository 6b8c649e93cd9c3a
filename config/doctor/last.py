"""What the doctor found when it last looked. To look takes seconds, and asks Twilio: a page that only says how things
stand shows this instead."""

from __future__ import annotations

import logging

from django.db import DatabaseError
from django.utils import timezone

from config.models import DoctorReport
from core.languages import from_json
from telephony.doctor.findings import Finding

logger = logging.getLogger(__name__)
_THE_ROW = 1


def keep(findings: list[Finding]) -> None:
    """Writes them down, without what may hold an address; or does not: the doctor also looks at a database that is
    away or has no tables."""
    rows = [one.to_keep() for one in findings]
    try:
        DoctorReport.objects.update_or_create(pk=_THE_ROW, defaults={"at": timezone.now(), "findings": rows})
    except DatabaseError as error:
        logger.warning("doctor: what was found is not kept: error=%s", type(error).__name__)


def last() -> DoctorReport | None:
    """With texts that each reader has in a language of their own."""
    report = DoctorReport.objects.filter(pk=_THE_ROW).first()
    if report is not None:
        report.findings = [{name: from_json(value) for name, value in row.items()} for row in report.findings]
    return report
