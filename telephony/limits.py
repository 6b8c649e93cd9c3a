"""What Twilio limits, where it matters to who is rung or what is said."""

from __future__ import annotations

# <Dial> rings so many at once at the most (Twilio Docs, "TwiML Voice: <Dial>", "Simultaneous dialing").
MAX_RUNG = 10
