"""Posts a recorded call's webhooks again, at a server that runs with the simulator, and compares the answers."""

import time
from argparse import BooleanOptionalAction
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from calls.recorder.masking import MaskingPolicy, Role, params_masked, text_masked, twiml_masked
from calls.recorder.replay import NewSids, Replayed, replay_requests, twiml_differences, webhooks_of
from telephony.errors import Unavailable
from telephony.webhooks.signed_posts import Posted, signed_post

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_SHOWN = MaskingPolicy(Role.ADMIN, numbers=True)


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("call_sid", metavar="CallSid")
        parser.add_argument("--to", default="http://localhost:8000", help="the server (default: %(default)s)")
        parser.add_argument(
            "--speed", type=float, default=0, help="0: without a pause (default); 1: with the recorded ones"
        )
        parser.add_argument("--new-sids", action=BooleanOptionalAction, default=True, help="make a new call in the log")
        parser.add_argument("--force", action="store_true", help="also at a server on another computer")

    def handle(self, *args: Any, **options: Any) -> None:
        target = _target(options["to"], force=options["force"])
        if options["speed"] < 0:
            raise CommandError("--speed must be 0 or more.")
        rows = webhooks_of(options["call_sid"])
        if not rows:
            raise CommandError("No webhook of this call is kept. Check the CallSid; old rows are deleted in time.")
        new_sids = NewSids() if options["new_sids"] else None
        different = 0
        for request in replay_requests(rows, new_sids=new_sids):
            if request.path is None:
                self.stdout.write(f"- {request.row.kind}: skipped, Twilio did not post it")
                continue
            if options["speed"]:
                time.sleep(request.after / options["speed"])
            different += self._replay(request, target, new_sids)
        if new_sids and rows[0].sid in new_sids.given:
            self.stdout.write(f"The new call is {new_sids.given[rows[0].sid]}.")
        self.stdout.write(f"{len(rows)} webhooks, {different} answered otherwise than recorded.")

    def _replay(self, request: Replayed, target: str, new_sids: NewSids | None) -> int:
        """Posts one; says what was sent and answered. Returns 1 when the answer differs from the recorded one."""
        headers = {"I-Twilio-Idempotency-Token": request.token} if request.token else {}
        try:
            posted = signed_post(
                request.path or "",
                request.form,
                to=target,
                public_base_url=settings.PUBLIC_BASE_URL,
                headers=headers,
            )
        except Unavailable as error:
            raise CommandError(error.message) from None
        self._print_sent(request)
        return self._print_answer(request, posted, new_sids)

    def _print_sent(self, request: Replayed) -> None:
        self.stdout.write(f"→ POST {request.path}")
        for name, value in sorted(params_masked(request.form, _SHOWN).items()):
            self.stdout.write(f"    {name}: {value}")

    def _print_answer(self, request: Replayed, posted: Posted, new_sids: NewSids | None) -> int:
        self.stdout.write(f"← {posted.status}, {posted.milliseconds:.0f} ms")
        if posted.body:
            self.stdout.write(_indented(twiml_masked(posted.body, _SHOWN)))
        if posted.body and not request.row.answer:
            self.stdout.write("  no answer is recorded to compare it with")
            return 0
        differences = twiml_differences(request.row.answer, posted.body, new_sids=new_sids)
        if not differences:
            self.stdout.write("  the same as recorded")
            return 0
        self.stdout.write(self.style.WARNING("  differs from what is recorded:"))
        self.stdout.write(_indented("\n".join(text_masked(line, _SHOWN) for line in differences)))
        return 1


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())


def _target(to: str, *, force: bool) -> str:
    """The server's address. Raises `CommandError` for one that must not be posted to."""
    if not settings.SIMULATOR:
        raise CommandError("Calls are replayed with the simulator only: set SIMULATOR=True, on a laptop.")
    parts = urlsplit(to)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise CommandError("--to must be an address like http://localhost:8000.")
    if parts.username or parts.password:
        raise CommandError("Leave user and password out of --to: they are taken from the settings.")
    if parts.hostname not in _LOOPBACK and not force:
        raise CommandError("This server is on another computer. If it is a simulator's, too, add --force.")
    return f"{parts.scheme}://{parts.netloc}"
