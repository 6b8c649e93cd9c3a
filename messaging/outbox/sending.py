"""Asking Twilio to send one text. Runs in many threads and never touches the database."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from time import monotonic

from django.conf import settings

from messaging.models import Step
from messaging.outbox.claims import Claimed
from telephony.callbacks import callback_url_with
from telephony.errors import NotReached, RateLimited, TelephonyError, Unavailable
from telephony.rest.messages import MessageFacts, message_create

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a claimed text: `taken` with Twilio's facts, `refused`, `waiting` again or `unclear`."""

    claimed: Claimed
    step: Step
    facts: MessageFacts | None = None
    error: TelephonyError | None = None


def status_callback(message_id: int) -> str:
    """Where Twilio says what becomes of a text. Our own number for it comes back in the signed address: so a callback
    that is quicker than the answer to our request, or one whose request got no answer, finds its text."""
    return callback_url_with("messaging:status", query=f"message={message_id}")


def send(claimed: Claimed) -> Outcome:
    """What Twilio did with it. Raises nothing."""
    if monotonic() > claimed.deadline:
        # It waited here for so long that somebody may look it up before Twilio has answered.
        return Outcome(claimed, Step.WAITING)
    try:
        facts = message_create(
            sender=claimed.sender,
            recipient=claimed.recipient,
            body=claimed.body,
            service=settings.TWILIO_MESSAGING_SERVICE_SID,
            status_callback=status_callback(claimed.id),
            media_urls=claimed.media_urls,
        )
    except (RateLimited, NotReached) as error:
        return Outcome(claimed, Step.WAITING, error=error)
    except Unavailable as error:
        return Outcome(claimed, Step.UNCLEAR, error=error)
    except TelephonyError as error:
        return Outcome(claimed, Step.REFUSED, error=error)
    except Exception as error:
        # An answer that nobody can read may still say that Twilio took it.
        logger.exception("outbox: message=%s: what Twilio answered could not be read", claimed.id)
        return Outcome(claimed, Step.UNCLEAR, error=Unavailable(type(error).__name__))
    return Outcome(claimed, Step.TAKEN, facts=facts)
