"""What callers and agents hear: in the language of the line, or of the agent, and by a voice that speaks it."""

from __future__ import annotations

from django.utils.translation import gettext

from calls.answering.twiml import Said
from core.languages import known_language, sentence, speaking
from core.text import without_directions

# How Twilio names a language, and a voice that speaks it. Standard voices of Amazon Polly: Twilio has them in every
# account, and its own "alice", "man" and "woman" read German names badly.
VOICES = {"en": ("en-US", "Polly.Joanna"), "de": ("de-DE", "Polly.Vicki")}


def said(key: str, language: str, **blanks: str) -> Said:
    """A sentence of the catalogue, in that language; in the desk's own when it is "" or unknown."""
    with speaking(language):
        text = sentence(key) % blanks if blanks else sentence(key)
    return Said(text, *VOICES[known_language(language)])


def asks_for_message(line_name: str, language: str) -> Said:
    with speaking(language):
        text = gettext("Nobody can answer right now. Please leave a message after the tone.")
        if line_name:
            # One text: languages differ in how they put a name into a sentence, and it is said in one breath.
            greeting = gettext("You have reached %(line)s.") % {"line": without_directions(line_name)}
            text = f"{greeting} {text}"
    return Said(text, *VOICES[known_language(language)])
