"""Sets up what Ringdesk needs at Twilio: a TwiML app, an API key, the URLs of the app and of numbers, and a usage
trigger for each spend limit.

It shows what it would change, then asks. Numbers that belong to somebody else are left alone unless they are named with
--take-over.
"""

from __future__ import annotations

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser, no_translations
from django.db import DatabaseError

from agents.web_push import key_made
from config.doctor.checks import line_numbers
from config.provisioning import ask, plan_text
from telephony.checks import check_addresses
from telephony.errors import InvalidNumber, TelephonyError
from telephony.phone import parse
from telephony.provisioning.plan import Kind, Plan
from telephony.provisioning.services import apply, plan_all
from telephony.rest.http import background_retries
from usage.triggers import triggers_wanted


class Command(BaseCommand):
    help = __doc__ or ""
    # What it sets up is what the checks ask for.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--number", action="append", default=[], metavar="+1…", help="a number; may be repeated; default: all lines"
        )
        parser.add_argument(
            "--take-over",
            action="append",
            default=[],
            metavar="+1…",
            help="a number (or an app's SID) whose calls now go elsewhere; may be repeated",
        )
        parser.add_argument("--dry-run", action="store_true", help="only show what would be changed")
        parser.add_argument("--yes", action="store_true", help="do not ask")

    # What operators read is English.
    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        for problem in check_addresses():
            if problem.is_serious():
                raise CommandError(f"{problem.msg} {problem.hint}")
        if not options["dry_run"]:
            self._make_web_push_key()
        apps = [text for text in options["take_over"] if text.startswith("AP")]
        taken = [_e164(text) for text in options["take_over"] if text not in apps]
        numbers = [_e164(text) for text in options["number"]]
        try:
            if not numbers and not taken:
                numbers = line_numbers()
            with background_retries():
                plan = plan_all([*numbers, *taken], [*taken, *apps], triggers_wanted())
                self._carry_out(plan, dry_run=options["dry_run"], yes=options["yes"])
        except TelephonyError as error:
            raise CommandError(_explained(error), returncode=2) from None
        except DatabaseError:
            raise CommandError("The lines cannot be read. Run migrate first, or name numbers with --number.") from None
        if plan.blocked:
            sys.exit(1)

    def _make_web_push_key(self) -> None:
        """One that is there is never replaced: browsers that were allowed with it could be woken no more."""
        if not settings.WEB_PUSH_PRIVATE_KEY:
            self.stdout.write("To wake browsers whose desk is closed, set in .env, then start Ringdesk again:")
            self.stdout.write(f"WEB_PUSH_PRIVATE_KEY={key_made()}")

    def _carry_out(self, plan: Plan, *, dry_run: bool, yes: bool) -> None:
        self.stdout.write(plan_text(plan))
        found = next((step.sid for step in plan.steps if step.kind is Kind.APP and step.sid), "")
        if found and found != settings.TWILIO_TWIML_APP_SID:
            self.stdout.write(f"An app of ours is there already. Set in .env:\nTWILIO_TWIML_APP_SID={found}\n")
        if not plan.to_do:
            self.stdout.write("Nothing to do.")
            return
        if dry_run:
            self.stdout.write("Nothing was changed (--dry-run).")
            return
        if not yes and not ask("Make these changes at Twilio?"):
            raise CommandError("Nothing was changed.")
        said = False
        for done in apply(plan):
            self.stdout.write(f"Done: {done.step.title}.")
            # At once: when a later step fails, a secret that Twilio shows only now must not be lost.
            for name, value in done.settings.items():
                if not said:
                    self.stdout.write("Set in .env, then start Ringdesk again (Twilio shows a secret only once):")
                said = True
                self.stdout.write(f"{name}={value}")


def _e164(text: str) -> str:
    try:
        return parse(text, home_region=settings.HOME_REGION).e164
    except InvalidNumber as error:
        raise CommandError(f"{text}: {error.message}") from None


def _explained(error: TelephonyError) -> str:
    code = f" (Twilio's code {error.code})" if error.code else ""
    return f"{error.message}{code}"
