"""The name under which an agent's phones register. Twilio allows letters, digits and underscore only."""

import re

_IDENTITY = re.compile(r"(?:client:)?agent_([1-9][0-9]{0,17})\Z")


def identity_for(agent_id: int) -> str:
    return f"agent_{agent_id}"


def agent_id_from(identity: str) -> int | None:
    """The agent's id in `agent_7` or `client:agent_7`; None when it is somebody else's name."""
    match = _IDENTITY.match(identity)
    return int(match.group(1)) if match else None
