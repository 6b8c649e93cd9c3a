"""What Twilio does not even take: checked when a message is created, by the API or by TwiML."""

from __future__ import annotations

import re

from simulator.identifiers import to_e164
from simulator.world import Telephone, World

MAX_BODY = 1600
MAX_MEDIA = 10
#: Twilio Docs, "Test credentials": numbers that fail on purpose.
MAGIC_TO = {
    "+15005550001": 21211,
    "+15005550002": 21612,
    "+15005550003": 21408,
    "+15005550004": 21610,
    "+15005550009": 21614,
}
MAGIC_FROM = {"+15005550001": 21212, "+15005550007": 21606, "+15005550008": 21611}
MAGIC_FROM_VALID = "+15005550006"
#: What a telephone's rule may refuse texts with.
REFUSALS = (21211, 21408, 21608, 21610, 21612, 21614)
_ALPHANUMERIC = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}")
_SHORT_CODE = re.compile(r"\d{3,6}")


class RefusedError(Exception):
    """A message that is not taken. `code` is Twilio's; `about` goes into its sentence."""

    def __init__(self, code: int, about: str = "") -> None:
        super().__init__(f"{code}: {about}")
        self.code = code
        self.about = about


def check_content(body: str, media: int, *, by_service: bool = False) -> None:
    """Raises `RefusedError` for a message without content, or with too much.

    Of one without any Twilio says something else where a Messaging Service is to send it.
    """
    if not body and not media:
        raise RefusedError(21619 if by_service else 21602)
    if len(body) > MAX_BODY:
        raise RefusedError(21617)
    if media > MAX_MEDIA:
        raise RefusedError(21623)


def recipient(text: str) -> str:
    """The number that a message goes to, in E.164. Raises `RefusedError`."""
    if not text:
        raise RefusedError(21604)
    if _SHORT_CODE.fullmatch(text):
        raise RefusedError(21265, text)
    number = to_e164(text)
    if number is None:
        raise RefusedError(21211, text)
    if number in MAGIC_TO:
        raise RefusedError(MAGIC_TO[number], number)
    return number


def sender(world: World, text: str, to: str) -> str:
    """Who sends: a number of ours, or a word where senders may be words. Raises `RefusedError`."""
    number = to_e164(text)
    if number is None:
        if _SHORT_CODE.fullmatch(text):  # a short code, but none of ours: there are none
            raise RefusedError(21606, text)
        if not _ALPHANUMERIC.fullmatch(text):
            raise RefusedError(21212, text)
        if to.startswith("+1"):
            raise RefusedError(21612, to)
        return text
    if number in MAGIC_FROM:
        raise RefusedError(MAGIC_FROM[number], number)
    if number != MAGIC_FROM_VALID and world.number_for(number) is None:
        raise RefusedError(21606, number)
    if number == to:
        raise RefusedError(21266, number)
    return number


def check_telephone(telephone: Telephone) -> None:
    """Raises `RefusedError` when the telephone's rule is that nothing is taken for it."""
    if telephone.texts.result == "refuse":
        landline = 21614 if telephone.line_type == "landline" else 21612
        raise RefusedError(telephone.texts.code or landline, telephone.number)
