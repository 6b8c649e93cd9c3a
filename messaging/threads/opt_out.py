"""STOP, START and HELP. Twilio answers these words and blocks by itself; we keep what was said, so that nothing is sent
in vain, and people know why."""

from __future__ import annotations

import unicodedata
from datetime import timedelta

from contacts.consents import Consent, consent_record, is_forbidden, is_stopped, senders_stopped
from messaging.params import IncomingText

# The whole text is one of these: Twilio's words (docs, "Twilio support for opt-out keywords"), in any case.
_STOP = frozenset(["stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"])
# Twilio blocks nobody for these; whoever writes them wants the same.
_MEANT = frozenset(["stopp", "stoppen", "abmelden", "arret", "arrêt", "stopplease", "pleasestop", "bittestoppen"])
_START = frozenset(["start", "yes", "unstop"])

_AFTER = timedelta(microseconds=1)


def word_of(text: IncomingText) -> str:
    """STOP or START, or ""; what Twilio itself understood comes first."""
    if text.opt_out_type:
        return "" if text.opt_out_type == "HELP" else text.opt_out_type
    if _said(text.body) in _STOP | _MEANT:
        return "STOP"
    return "START" if text.body.strip().casefold() in _START else ""


def _said(body: str) -> str:
    """The letters of a text alone: “Opt-out!”, `STOP ALL` and letters of double width are meant as the words are. Those
    of a question are not."""
    letters = unicodedata.normalize("NFKC", body).casefold()
    if any(mark in letters for mark in "?؟"):
        return ""
    return "".join(letter for letter in letters if letter.isalnum())


def consent_follow(text: IncomingText) -> None:
    """Keeps what a text says of our texts, for the number that it came to and for the service in front of it. START to
    one number of a service lifts Twilio's block for all of them, and so does ours."""
    word = word_of(text)
    if not word:
        return
    senders = [text.recipient, text.service_sid]
    if word == "START" and text.service_sid and _is_start(text, text.service_sid):
        senders += senders_stopped(text.sender, at=text.at)
    for sender in dict.fromkeys(filter(None, senders)):
        if word == "START" and not _is_start(text, sender):
            continue
        consent_record(
            text.sender,
            sender=sender,
            state=Consent.State.FORBIDDEN if word == "STOP" else Consent.State.ALLOWED,
            source=Consent.Source.TEXT,
            note=text.body.strip() or word,
            # It may have lain in the spool: when it was written decides, not when it is read. After its text, which
            # stands beside it on the thread's time line.
            at=text.at + _AFTER,
        )


def _is_start(text: IncomingText, sender: str) -> bool:
    """Texts are allowed only to who had forbidden them. "Yes" is an answer to many questions, also where a messaging
    service says START of it: it takes back a STOP, and not what somebody told one of us."""
    is_yes = text.body.strip().casefold() == "yes"
    if text.opt_out_type and not is_yes:
        return True
    was_forbidden = is_stopped if is_yes else is_forbidden
    return was_forbidden(text.sender, sender, at=text.at)
