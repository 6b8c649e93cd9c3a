"""Both sides in the same words: what is heard, asked, rung and dialled, in order; and whose phones ring."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

Json = dict[str, Any]
Met = tuple[str, str]
_PROMPT = re.compile(r"Prompt (\w+)\.")
# Music and whispers are no step of a route.
_NOT_MET = ("/wait", "/press-one", "status")


def _once(met: Iterable[Met]) -> list[Met]:
    """Phones that ring one after the other are one ring."""
    found: list[Met] = []
    for one in met:
        if not (one == ("rings", "") and found and found[-1] == one):
            found.append(one)
    return found


# --- What the explainer says --------------------------------------------------------------------------------------


def explained(told: Json) -> list[Met]:
    return _once(_explained(told["steps"], has_route=told["route"] is not None))


def _explained(steps: list[Json], *, has_route: bool) -> Iterable[Met]:
    for place, step in enumerate(steps):
        following = steps[place + 1] if place + 1 < len(steps) else {}
        if step["kind"] == "announcement":
            yield "hears", step["step"]
        elif step["kind"] == "question":
            yield "is asked", step["step"]
        elif step["kind"] in ("waiting", "agent"):
            # The step says at once that nobody is there.
            if (following.get("kind"), following.get("step")) != ("decision", step["step"]):
                yield "rings", ""
        elif step["kind"] == "number":
            yield "dials", ""
        elif step["kind"] == "message":
            # Our own sentence asks for it where there is no route: it names no step.
            yield "leaves a message", step["step"] if has_route else ""
        elif step["kind"] == "end":
            yield ("is refused", "") if not step["step"] else ("hears the end", "")


def questions_before_rings(told: Json) -> int:
    met = [what for what, _ in explained(told)]
    first = min((met.index(what) for what in ("rings", "dials") if what in met), default=len(met))
    return met[:first].count("is asked")


# --- What the simulator did ---------------------------------------------------------------------------------------


def documents(requests: list[Json]) -> list[ElementTree.Element]:
    """What was answered about the caller's own leg, in order; what is answered twice is carried out once."""
    found: list[str] = []
    for request in sorted(requests, key=lambda one: one["id"]):
        path = urlsplit(request["url"]).path
        body = request["response_body"] or ""
        if request["direction"] != "out" or request["status"] != 200 or "<Response" not in body:
            continue
        if not any(part in path for part in _NOT_MET) and body not in found[-1:]:
            found.append(body)
    return [ElementTree.fromstring(body) for body in found]


def met(requests: list[Json]) -> list[Met]:
    return _once(one for document in documents(requests) for one in _met(document))


def _met(document: ElementTree.Element) -> Iterable[Met]:
    said = ""
    verbs = list(document)
    for place, verb in enumerate(verbs):
        following = verbs[place + 1].tag if place + 1 < len(verbs) else ""
        if verb.tag == "Say":
            mark = _PROMPT.search("".join(verb.itertext()))
            said = mark[1] if mark else ""
            if said and following != "Record":
                yield "hears", said
        elif verb.tag == "Gather":
            mark = _PROMPT.search("".join(verb.itertext()))
            yield "is asked", mark[1] if mark else ""
        elif verb.tag == "Enqueue":
            yield "rings", ""
        elif verb.tag == "Dial":
            yield ("dials", "") if verb.find("Number") is not None else ("rings", "")
        elif verb.tag == "Record":
            yield "leaves a message", said
            # What comes behind it is for whoever says nothing.
            return
        elif verb.tag == "Reject":
            yield "is refused", ""
        elif verb.tag == "Hangup":
            yield "hears the end", ""


def is_over(found: list[Met]) -> bool:
    return bool(found) and found[-1][0] in ("leaves a message", "is refused", "hears the end")


def attempts(requests: list[Json]) -> list[list[str]]:
    """Whose phones each answer had ring, as Twilio names them."""
    dials = [verb for document in documents(requests) for verb in document.iter("Dial")]
    named = [[each.text or "" for each in dial.iter("Identity")] for dial in dials]
    return [names for names in named if names]
