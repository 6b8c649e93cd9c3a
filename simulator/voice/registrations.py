"""Which browsers can be reached under which identity."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.voice.session import Session

#: Twilio Docs, "Access Tokens": ten registrations an identity; one more takes the oldest one's place.
MOST_PER_IDENTITY = 10


class Registrations:
    """Sessions by identity, the oldest registration first."""

    def __init__(self) -> None:
        self._sessions: dict[str, list[Session]] = {}

    def add(self, identity: str, session: Session) -> Session | None:
        """Registers a session; registering again changes nothing. Returns the one that had to make room."""
        sessions = self._sessions.setdefault(identity, [])
        if session in sessions:
            return None
        sessions.append(session)
        return sessions.pop(0) if len(sessions) > MOST_PER_IDENTITY else None

    def remove(self, identity: str, session: Session) -> None:
        sessions = self._sessions.get(identity, [])
        if session in sessions:
            sessions.remove(session)
        if not sessions:
            self._sessions.pop(identity, None)

    def of(self, identity: str) -> list[Session]:
        return list(self._sessions.get(identity, ()))

    def __len__(self) -> int:
        return sum(map(len, self._sessions.values()))
