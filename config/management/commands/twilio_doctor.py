"""Looks at everything that calls need, and says what is wrong and how to mend it.

Exit code: 0 when all is well, 1 with warnings only, 2 with failures.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser, no_translations
from django.db import DatabaseError

from config.doctor import last
from config.doctor.checks import examine, line_numbers
from config.provisioning import ask, plan_text
from telephony.doctor.findings import Finding, State, report, worst
from telephony.errors import TelephonyError
from telephony.provisioning.plan import Plan
from telephony.provisioning.services import apply, plan_repair

_EXIT = {State.OK: 0, State.WARNING: 1, State.FAILED: 2}


def _look() -> list[Finding]:
    findings = examine()
    last.keep(findings)
    return findings


class Command(BaseCommand):
    help = __doc__ or ""
    # It must look at exactly those desks that these would stop, and reports them itself.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--fix", action="store_true", help="correct URLs at Twilio that have drifted, after showing and asking"
        )
        parser.add_argument("--yes", action="store_true", help="with --fix: do not ask")
        parser.add_argument("--json", action="store_true", help="for machines")

    # What operators read is English.
    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        if options["fix"] and options["json"] and not options["yes"]:
            raise CommandError("--fix with --json cannot ask: add --yes.", returncode=2)
        findings = _look()
        if options["json"] and not options["fix"]:
            self.stdout.write(json.dumps(report(findings), indent=2))
            sys.exit(_EXIT[worst(findings)])
        if not options["json"]:
            self._show(findings)
        if options["fix"] and self._fix(quiet=options["json"], yes=options["yes"]):
            findings = _look()
            if not options["json"]:
                self._show(findings)
        if options["json"]:
            self.stdout.write(json.dumps(report(findings), indent=2))
        sys.exit(_EXIT[worst(findings)])

    def _show(self, findings: list[Finding]) -> None:
        for finding in findings:
            self.stdout.write(f"{finding.state.value:>8}  {finding.title}: {finding.seen}")
            for field, was, wanted in finding.drift:
                self.stdout.write(f"          {field}\n            - {was}\n            + {wanted}")
            if finding.mend:
                self.stdout.write(f"          {finding.mend}")
        count = {state: sum(finding.state == state for finding in findings) for state in State}
        self.stdout.write(f"\n{count[State.FAILED]} failed, {count[State.WARNING]} warnings, {count[State.OK]} ok.")

    def _fix(self, *, quiet: bool, yes: bool) -> bool:
        """Whether anything was changed."""
        try:
            plan = plan_repair(line_numbers())
            if not plan.to_do:
                self._say("\nThere is nothing that --fix could mend.", quiet)
                return False
            self._say("\n" + plan_text(Plan(plan.to_do)), quiet)
            if not yes and not ask("Make these changes at Twilio?"):
                self._say("Nothing was changed.", quiet)
                return False
            for done in apply(plan):
                self._say(f"Done: {done.step.title}.", quiet)
        except TelephonyError as error:
            raise CommandError(f"{error.message} Mending stopped.", returncode=2) from None
        except DatabaseError:
            raise CommandError("The database does not answer, and the lines are in it.", returncode=2) from None
        self._say("", quiet)
        return True

    def _say(self, text: str, quiet: bool) -> None:
        if not quiet:
            self.stdout.write(text)
