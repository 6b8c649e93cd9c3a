"""Who wants no more texts: Twilio Docs, "Twilio support for opt-out keywords"."""

from __future__ import annotations

STOP = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
START = frozenset({"START", "YES", "UNSTOP"})
HELP = frozenset({"HELP", "INFO"})

#: What Twilio answers by itself.
ANSWERS = {
    "STOP": (
        "You have successfully been unsubscribed. You will not receive any more messages from this number. "
        "Reply START to resubscribe."
    ),
    "START": (
        "You have successfully been re-subscribed to messages from this number. "
        "Reply HELP for help. Reply STOP to unsubscribe. Msg&Data Rates May Apply."
    ),
    "HELP": "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
}


def meaning(body: str) -> str | None:
    """`STOP`, `START` or `HELP`, when the whole text is such a word; else None."""
    word = body.strip().upper()
    for name, words in (("STOP", STOP), ("START", START), ("HELP", HELP)):
        if word in words:
            return name
    return None


class OptOuts:
    """The blocks. A sender is a number of ours, or a Messaging Service by its SID, which all of its numbers share."""

    def __init__(self) -> None:
        self._blocked: set[tuple[str, str]] = set()

    def clear(self) -> None:
        self._blocked.clear()

    def blocked(self, sender: str, telephone: str) -> bool:
        return (sender, telephone) in self._blocked

    def senders_of(self, telephone: str) -> list[str]:
        """Those that may not text this telephone."""
        return sorted(sender for sender, number in self._blocked if number == telephone)

    def as_json(self) -> list[dict[str, str]]:
        return [{"sender": sender, "telephone": telephone} for sender, telephone in sorted(self._blocked)]

    def heard(self, sender: str, telephone: str, body: str) -> tuple[str | None, str]:
        """Takes note of what a telephone texts to a sender: what it means, and what Twilio answers, if anything.

        A word that changes nothing is a text like any other: who says YES need not have said STOP before.
        """
        word, block = meaning(body), (sender, telephone)
        if word == "STOP":
            if block in self._blocked:
                return word, ""
            self._blocked.add(block)
        elif word == "START":
            if block not in self._blocked:
                return word, ""
            self._blocked.discard(block)
        return word, ANSWERS.get(word or "", "")
