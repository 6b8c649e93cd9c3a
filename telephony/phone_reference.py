"""Which telephone asks: a note that every voice token carries, and that comes back with each call made by it.

Twilio sends what a token fixes for outgoing calls (`outgoing_application_params`) with the request, and what the client
itself chose beside it. Which of two fields of one name comes through is not documented, so nothing rests on it: the
note is signed, must be there, and must be there once. All that a client can do is to leave its own note out, to spoil
it, or to send it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.core.signing import BadSignature, Signer

_NUMBERS = re.compile(r"([1-9][0-9]{0,17})\.([0-9]{1,18})\.([0-9]{1,9})\Z")


@dataclass(frozen=True, slots=True)
class PhoneReference:
    """`device_id` is None for a browser at the desk; `sign_out_count` is the agent's when the token was made."""

    agent_id: int
    device_id: int | None
    sign_out_count: int

    def signed(self) -> str:
        return _signer().sign(f"{self.agent_id}.{self.device_id or 0}.{self.sign_out_count}")

    @classmethod
    def of(cls, text: str) -> PhoneReference | None:
        """None for a text that is not one of ours."""
        try:
            numbers = _NUMBERS.match(_signer().unsign(text))
        except BadSignature:
            return None
        if numbers is None:
            return None
        agent_id, device_id, sign_out_count = map(int, numbers.groups())
        return cls(agent_id, device_id or None, sign_out_count)


def _signer() -> Signer:
    return Signer(salt="ringdesk.phone")
