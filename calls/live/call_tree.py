"""How a root call follows from its legs.

Twilio tells of every leg by itself, in any order. The root's agent, its answer and its result are worked out anew from
all legs after each change, so it does not matter which came first. Nothing here reads or writes the database.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from calls.models import STATUS_RANK, Call, CallOffer, CallResult, CallStatus, Direction, Recording

_ANSWERED = (CallStatus.IN_PROGRESS, CallStatus.COMPLETED)
_OUTCOMES = {
    CallStatus.BUSY: CallResult.BUSY,
    CallStatus.NO_ANSWER: CallResult.NO_ANSWER,
    CallStatus.FAILED: CallResult.FAILED,
    CallStatus.CANCELED: CallResult.CANCELED,
}
_OPEN = (CallOffer.State.RINGING, CallOffer.State.CANCELED)
# Why an offer ended; and, of a phone that still rings, that its page is gone.
CALLER_HUNG_UP, DECLINED, NOT_ANSWERED, LEFT = "caller-hung-up", "rejected", "not-answered", "left"
# Of a leg of an outside number: kept in English, as all that is said of what failed.
NOT_TAKEN = "Whoever answered did not take the call."
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A call that rings at an agent's desk no more, and why."""

    agent_id: int
    reason: str  # answered-elsewhere, caller-hung-up, not-answered, rejected
    by_agent_id: int | None = None


@dataclass(slots=True)
class CallTree:
    """A root call with all that hangs on it, and what has changed since it was loaded."""

    root: Call
    legs: list[Call] = field(default_factory=list)
    offers: list[CallOffer] = field(default_factory=list)
    recordings: list[Recording] = field(default_factory=list)
    dial_over: bool = False
    touched: list[Call] = field(default_factory=list)
    withdrawals: list[Withdrawal] = field(default_factory=list)
    changed_offers: list[CallOffer] = field(default_factory=list)
    # Of legs that were just told of: as part of which attempt to find an agent for the caller.
    attempts: dict[str, int] = field(default_factory=dict)
    # Why all that still ring are to stop: something of ours decided so.
    ending: str = ""
    # Of which attempt; None: of all.
    ending_attempt: int | None = None
    # Its agent asked for help, which is not wanted any more.
    help_ended: bool = False
    # Agents who have just left its room: their leg may have been told to be over before that.
    left_agent_ids: set[int] = field(default_factory=set)

    @property
    def ringing_agent_ids(self) -> list[int]:
        ringing = (offer for offer in self.offers if offer.state == CallOffer.State.RINGING)
        return [offer.agent_id for offer in ringing if not offer.is_call_back]

    @property
    def dialled(self) -> list[Call]:
        """The legs that were made for it. Not: calls that came to us by themselves, before it, of the same caller."""
        return [leg for leg in self.legs if not is_call_of_its_own(leg)]

    def settle(self) -> None:
        """Works out the root and its offers from the legs; says whose phones stop ringing."""
        root = self.root
        self.changed_offers += self._claim_legs()
        answered = _answered(self.dialled)
        if answered is not None:
            root.answer_time = answered.answer_time or root.answer_time
            # Whoever was handed the call is known from elsewhere (`_has_taken`).
            if root.incoming and answered.agent_id and not root.is_handled:
                root.agent = answered.agent
            if answered.status == CallStatus.IN_PROGRESS and STATUS_RANK[root.status] < STATUS_RANK[answered.status]:
                # The number's own callback comes at the end only: until then, the root lives as its leg does.
                root.status = CallStatus.IN_PROGRESS
        elif root.answer_time and any(_was_not_taken(leg, root) for leg in self.dialled):
            root.answer_time, root.waited = None, None
        self._outlive_own_leg()
        root.result = self._result(answered) if root.is_terminal else ""
        if root.is_terminal and root.help_since is not None:
            root.help_since, self.help_ended = None, True
        if root.waiting_since is not None and root.waited is None:
            until = answered.answer_time if answered is not None else root.end_time if root.is_terminal else None
            root.waited = waited_seconds(root.waiting_since, until)
        root.revision += 1
        self._settle_offers(self._answered_in_round() if root.round else answered)
        if root.is_terminal and root.round:
            self._had_it()
        if root.is_terminal and root.is_handled and root.agent_id is None:
            # Given away, and taken by nobody: it stays with whoever talked last.
            talked = [leg for leg in self.dialled if leg.agent_id and _has_talked(leg)]
            root.agent = max(talked, key=_begun).agent if talked else None

    def _outlive_own_leg(self) -> None:
        """The agent's leg that began a call is over, and the customer's went on without it: until that ends, too."""
        root, customers = self.root, [leg for leg in self.dialled if is_customer_of(leg, self.root)]
        if root.leg_end_time is None or root.is_terminal or not all(leg.is_terminal for leg in customers):
            return
        ends = [leg.end_time for leg in customers if leg.end_time] + [root.leg_end_time]
        root.status, root.end_time = CallStatus.COMPLETED, max(ends)
        root.duration = max(0, round((root.end_time - (root.answer_time or root.start_time)).total_seconds()))

    def _answered_in_round(self) -> Call | None:
        """The leg that talked of those that rang since the caller was handed over last."""
        leg_of = self._legs_of_offers()
        mine = [one for one in self.offers if one.attempt >= self.root.round and not one.is_consultation]
        return _answered([leg for one in mine if (leg := leg_of.get(id(one))) is not None])

    def _had_it(self) -> None:
        """The call's end was told before that of a leg whose answer was not told: its agent had the call."""
        leg_of = self._legs_of_offers()
        for offer in self.offers:
            leg = leg_of.get(id(offer))
            if offer.reason != CALLER_HUNG_UP or offer.attempt < self.root.round or offer.is_consultation:
                continue
            if leg is not None and _has_talked(leg):
                offer.state, offer.reason, offer.ended_at = CallOffer.State.ANSWERED, "", None
                self.root.agent = offer.agent
                self.changed_offers.append(offer)

    def _result(self, answered: Call | None) -> str:
        root = self.root
        if root.incoming:
            if answered is not None:
                return CallResult.ANSWERED
            return CallResult.VOICEMAIL if any(map(_is_heard, self.recordings)) else CallResult.MISSED
        if answered is not None:
            return CallResult.REACHED
        legs = self.dialled
        if root.problem and not legs:
            return CallResult.FAILED
        last = max(legs, key=lambda leg: (leg.start_time, leg.sid)).status if legs else root.status
        return _OUTCOMES.get(CallStatus(last), CallResult.CANCELED)

    def _settle_offers(self, answered: Call | None) -> None:
        changed: dict[int, CallOffer] = {}
        leg_of = self._legs_of_offers()
        for offer in self.offers:
            # Of call-backs nothing follows from legs (`calls.live.call_back_rounds`).
            if offer.state not in _OPEN or offer.is_call_back:
                continue
            state, reason = self._offer_state(offer, leg_of.get(id(offer)), answered)
            if state == offer.state:
                continue
            offer.state = state
            if state == CallOffer.State.ANSWERED and self.root.round and not offer.is_consultation:
                self.root.agent = offer.agent
            if state == CallOffer.State.ENDED:
                offer.reason, offer.ended_at = reason, datetime.now(UTC)
            elif offer.reason == LEFT:
                offer.reason = ""
            changed[id(offer)] = offer
            if reason:
                by = answered.agent_id if answered is not None and reason == "answered-elsewhere" else None
                told = NOT_ANSWERED if reason == self.ending else reason
                self.withdrawals.append(Withdrawal(offer.agent_id, told, by))
        claimed = {id(offer) for offer in self.changed_offers}
        self.changed_offers += [offer for key, offer in changed.items() if key not in claimed]

    def _claim_legs(self) -> list[CallOffer]:
        """Notes which leg belongs to which offer: an agent's phone may ring several times in one call. The newest
        counts, for Twilio may begin one attempt twice, and tells of the end of the first when the second rings."""
        claimed = []
        by_sid = {leg.sid: leg for leg in self.legs}
        for leg in self.legs:
            attempt = self.attempts.get(leg.sid)
            for offer in self.offers:
                if offer.attempt != attempt or offer.agent_id != leg.agent_id or offer.leg_sid == leg.sid:
                    continue
                if _is_newer(leg, by_sid.get(offer.leg_sid)):
                    offer.leg_sid = leg.sid
                    claimed.append(offer)
        return claimed

    def _legs_of_offers(self) -> dict[int, Call]:
        """By `id` of the offer. Whose phone was offered the call once has at most one leg in it, whoever says so."""
        by_sid = {leg.sid: leg for leg in self.legs}
        claimed = {offer.leg_sid for offer in self.offers}
        # Who took a call over, or went on with it at another place, came by the own phone: no offer rang there.
        rang = [leg for leg in self.dialled if leg.agent_id and leg.direction != Direction.INBOUND]
        by_agent = {leg.agent_id: leg for leg in rang if leg.sid not in claimed}
        times = Counter(offer.agent_id for offer in self.offers)
        found = {}
        for offer in self.offers:
            leg = by_sid.get(offer.leg_sid)
            if leg is None and times[offer.agent_id] == 1:
                leg = by_agent.get(offer.agent_id)
            if leg is not None:
                found[id(offer)] = leg
        return found

    def _consultation_state(self, offer: CallOffer, leg: Call | None) -> tuple[str, str]:
        """Of a colleague who is called into a call that goes on: only that phone's own leg counts."""
        states = CallOffer.State
        if leg is not None and leg.status in _ANSWERED:
            return states.ANSWERED, ""
        if self.root.is_terminal or (leg is not None and leg.status == CallStatus.CANCELED):
            return states.ENDED, CALLER_HUNG_UP
        if leg is not None and leg.is_terminal:
            return states.ENDED, _refused(offer) if leg.status == CallStatus.BUSY else NOT_ANSWERED
        return offer.state, ""

    def _offer_state(self, offer: CallOffer, leg: Call | None, answered: Call | None) -> tuple[str, str]:
        """The offer's state now, and, when its phone stops ringing by that, why."""
        states = CallOffer.State
        if offer.is_consultation:
            return self._consultation_state(offer, leg)
        if answered is not None:
            mine = answered.agent_id == offer.agent_id
            return (states.ANSWERED, "") if mine else (states.ENDED, "answered-elsewhere")
        if self.root.is_terminal:
            return states.ENDED, CALLER_HUNG_UP
        if self.ending and self.ending_attempt in (None, offer.attempt):
            return states.ENDED, self.ending
        if leg is not None and leg.status == CallStatus.BUSY:
            return states.ENDED, _refused(offer)
        if self.dial_over or (leg is not None and leg.status in (CallStatus.NO_ANSWER, CallStatus.FAILED)):
            return states.ENDED, NOT_ANSWERED
        if leg is not None and leg.status == CallStatus.CANCELED:
            return states.CANCELED, ""
        # The first of two legs was canceled, and the second one rings.
        return states.RINGING if leg is not None and not leg.is_terminal else offer.state, ""


def _refused(offer: CallOffer) -> str:
    """Of a phone that refused: by its agent, or by the SDK for a page that was closed."""
    return NOT_ANSWERED if offer.reason == LEFT else DECLINED


def _is_newer(leg: Call, than: Call | None) -> bool:
    """Which of two legs at one phone began later; in the same second, the one that was not canceled."""
    if than is None or leg.start_time != than.start_time:
        return than is None or leg.start_time > than.start_time
    return leg.status != CallStatus.CANCELED or than.status == CallStatus.CANCELED


def is_customer_of(leg: Call, root: Call) -> bool:
    """Whether it is the leg of whom an agent called: the one that `<Dial>` made, of that number."""
    return not root.incoming and leg.direction == Direction.OUTBOUND_DIAL and leg.called == root.called


def is_call_of_its_own(leg: Call) -> bool:
    """Whether what hangs on another call began by itself: a caller's first call, on the call with which an agent calls
    back; an agent's try to, on the caller's."""
    return leg.direction == Direction.INBOUND and not leg.called.startswith("client:")


def _was_not_taken(leg: Call, root: Call) -> bool:
    """Whether the root was thought to be answered by a leg on which the call was not taken."""
    return leg.problem == NOT_TAKEN and leg.answer_time == root.answer_time


def waited_seconds(since: datetime, until: datetime | None) -> int | None:
    return None if until is None else max(0, round((until - since).total_seconds()))


def _answered(legs: Sequence[Call]) -> Call | None:
    """The leg that talked, the first of them if there are several."""
    return min(filter(_has_talked, legs), key=_begun, default=None)


def _has_talked(leg: Call) -> bool:
    return bool(leg.status in _ANSWERED or leg.answer_time) and leg.problem != NOT_TAKEN


def _begun(leg: Call) -> tuple[datetime, datetime, str]:
    return leg.answer_time or _NEVER, leg.start_time, leg.sid


def _is_heard(recording: Recording) -> bool:
    return recording.status != "absent" and recording.duration != 0


def is_forward(call: Call, status: str) -> bool:
    """Whether a status may follow the call's: it only moves forward, and a terminal one stays."""
    return STATUS_RANK[status] > STATUS_RANK[call.status]
