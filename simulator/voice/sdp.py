"""The little we need to know of session descriptions."""

from __future__ import annotations

import re

_CANDIDATES = ("a=candidate", "a=end-of-candidates")


def without_candidates(sdp: str) -> str:
    """The description less its candidates.

    Resolving a browser's `.local` names takes seconds, and `end-of-candidates` would end the waiting for the
    browser's first check, from which its address is learnt.
    """
    return "\r\n".join(line for line in sdp.splitlines() if not line.startswith(_CANDIDATES)) + "\r\n"


def first_codec(sdp: str) -> str:
    """The name, in capitals, of the first audio codec of a description; empty when there is none."""
    media = re.search(r"^m=audio \S+ \S+ (\d+)", sdp, re.MULTILINE)
    if media is None:
        return ""
    payload_type = media.group(1)
    mapping = re.search(rf"^a=rtpmap:{payload_type} ([^/\s]+)", sdp, re.MULTILINE)
    if mapping is None:
        return "PCMU" if payload_type == "0" else ""
    return mapping.group(1).upper()
