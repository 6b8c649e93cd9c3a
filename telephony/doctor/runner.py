"""Runs checks side by side; none can hold up the others, or the page."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import monotonic

from django.db import connections

from core.languages import kept as _
from telephony.doctor.findings import Check, Finding, without_secrets
from telephony.errors import NotConfigured, TelephonyError

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Run:
    check: Check
    findings: list[Finding] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)

    def work(self) -> None:
        try:
            found = self.check.run(self.check)
            self.findings = found if isinstance(found, list) else [found]
        except NotConfigured as error:
            self.findings = [self.check.skipped(_("%(why)s See the finding on credentials.") % {"why": _(error.key)})]
        except TelephonyError as error:
            seen = _(error.key)
            if error.code:
                seen = _("%(why)s (Twilio's code %(code)s)") % {"why": seen, "code": error.code}
            self.findings = [self.check.failed(seen, _("Try again in a moment."))]
        except Exception as error:
            # Its text may hold an address with a password; its kind and place are enough to go on.
            logger.warning("doctor: check=%s error=%s", self.check.id, type(error).__name__)
            self.findings = [
                self.check.failed(
                    _("The check broke off: %(error)s.") % {"error": type(error).__name__}, _("See the log.")
                )
            ]
        finally:
            connections.close_all()
            self.done.set()


def run(checks: Sequence[Check]) -> list[Finding]:
    """What the checks found, in their order: in no language yet, so that the threads need not know one."""
    began = monotonic()
    runs = [_Run(check) for check in checks]
    for one in runs:
        # Daemons: a check that hangs for ever does not keep a command from ending either.
        threading.Thread(target=one.work, name=f"doctor-{one.check.id}", daemon=True).start()
    findings: list[Finding] = []
    for one in runs:
        left = one.check.seconds - (monotonic() - began)
        if one.done.wait(max(0.0, left)):
            findings += one.findings
        else:
            findings.append(
                one.check.failed(
                    _("There was no result within %(seconds)s seconds.") % {"seconds": f"{one.check.seconds:g}"},
                    _("Something that it needs does not answer. See the other findings, then try again."),
                )
            )
    return [without_secrets(finding) for finding in findings]
