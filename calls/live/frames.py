"""Frames for open desks: to whom they go, and as the text that travels. Shapes: docs/desk-protocol.md."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import orjson
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder

from calls.handling_payloads import participants_json, transfer_json
from calls.models import Call
from calls.payloads import party_json
from core.languages import default_language, sentence, speaking
from core.realtime import outbox
from core.text import tree_cleaned
from telephony.party import is_withheld

if TYPE_CHECKING:
    from agents.models import Agent

EVERYTHING_GROUP = "everything"


def agent_group(agent_id: int) -> str:
    return f"agent.{agent_id}"


def team_group(team_id: int) -> str:
    return f"team.{team_id}"


def in_each_language(group: str, told: Callable[[str], str]) -> outbox.Frame:
    """One for a group; `told` makes its text in the language that is spoken then."""
    others = [language for language, _ in settings.LANGUAGES if language != default_language()]
    message = {"type": "desk.frame", "text": told(""), "texts": {language: told(language) for language in others}}
    return group, {**message, "group": group}


def frames_of(
    groups: Iterable[str], frame: dict[str, Any], about: Call | None = None, viewer: Agent | None = None
) -> Iterator[outbox.Frame]:
    """One for each group. A frame becomes text here, once, and travels as that; with the group, as a desk may have
    left it by the time that the frame's turn comes.

    `about`: the call that it shows; `viewer`: for whom alone. Few calls have sentences of ours in them: only their
    frames are made in each language, as `texts`.
    """
    message: dict[str, Any] = {"type": "desk.frame", "text": as_text(frame)}
    if about is not None and (about.problem or about.is_handled or is_withheld(about.caller)):
        message["texts"] = _in_other_languages(frame, about, viewer)
    return ((group, {**message, "group": group}) for group in groups)


def _in_other_languages(frame: dict[str, Any], about: Call, viewer: Agent | None) -> dict[str, str]:
    texts = {}
    for language, _name in settings.LANGUAGES:
        if language != default_language():
            with speaking(language):
                texts[language] = as_text(_said_again(frame, about, viewer))
    return texts


def _said_again(frame: dict[str, Any], about: Call, viewer: Agent | None) -> dict[str, Any]:
    """The frame with its sentences in the language that is spoken now."""
    if "message" in frame:
        return frame | {"message": sentence(about.problem)}
    is_here = viewer is not None and about.came_to(viewer.pk)
    again: dict[str, Any] = {"problem": "" if is_here else sentence(about.problem), "party": party_json(about, viewer)}
    if about.is_handled:
        again |= {"participants": participants_json(about, viewer), "transfer": transfer_json(about)}
    for name in ("live", "supervising"):
        if name in frame:
            return frame | {name: frame[name] | {"call": frame[name]["call"] | again}}
    return frame | {"call": frame["call"] | again}


def as_text(frame: Any) -> str:
    """A frame as JSON; what is no JSON by itself, such as a time, as everywhere in Django. Texts in it are cleaned: not
    all that is stored was cleaned when it came."""
    try:
        text = _dumped(frame)
    except TypeError:
        # Half of a surrogate pair, which is no Unicode.
        return _dumped(tree_cleaned(frame))
    # So control characters are written. Who really typed a backslash before such a letter is looked at for nothing.
    if "\\u" in text or "\\b" in text or "\\f" in text:
        return _dumped(tree_cleaned(frame))
    return text


def _dumped(frame: Any) -> str:
    return orjson.dumps(frame, default=_default, option=orjson.OPT_PASSTHROUGH_DATETIME).decode()


_default = DjangoJSONEncoder().default
