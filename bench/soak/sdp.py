"""Session descriptions that name no address: the simulator takes them, and waits for sound that never comes.

It waits 15 seconds, so a call between such parties may last that long. Robots with real sound use `tests`' telephone.
"""

from __future__ import annotations

import secrets

_FINGERPRINT = ":".join(["AB"] * 32)


def description(*, setup: str) -> str:
    """An offer (`setup` is `actpass`) or an answer (`active`) of PCMU in both directions."""
    lines = [
        "v=0",
        "o=- 1 1 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=group:BUNDLE 0",
        "m=audio 9 UDP/TLS/RTP/SAVPF 0",
        "c=IN IP4 0.0.0.0",
        "a=rtcp:9 IN IP4 0.0.0.0",
        "a=mid:0",
        "a=sendrecv",
        "a=rtcp-mux",
        "a=rtpmap:0 PCMU/8000",
        f"a=ice-ufrag:{secrets.token_hex(4)}",
        f"a=ice-pwd:{secrets.token_hex(16)}",
        f"a=fingerprint:sha-256 {_FINGERPRINT}",
        f"a=setup:{setup}",
    ]
    return "\r\n".join(lines) + "\r\n"
