"""The name under which an agent's phones register. Twilio allows letters, digits and underscore only."""

import re

_PREFIX = "client:"
_PARTY = re.compile(rf"{_PREFIX}agent_([1-9][0-9]{{0,17}})\Z")


def identity_for(agent_id: int) -> str:
    return f"agent_{agent_id}"


def agent_id_from(party: str) -> int | None:
    """The agent's id in Twilio's `client:agent_7`; None when it is anything else: a bare `agent_7` is just a text."""
    match = _PARTY.match(party)
    return int(match.group(1)) if match else None


def is_phone_of_ours(party: str) -> bool:
    """Whether a party is a browser or an app, however it is written: what it claims is its user's choice."""
    return party.strip().lower().startswith(_PREFIX)
