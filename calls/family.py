"""How a root call follows from its legs.

Twilio tells of every leg by itself, in any order. The root's agent, its answer and its result are worked out anew from
all legs after each change, so it does not matter which came first.
"""

from __future__ import annotations

from dataclasses import dataclass

from calls.models import STATUS_RANK, Call, CallOffer, CallResult, CallStatus

_ANSWERED = (CallStatus.IN_PROGRESS, CallStatus.COMPLETED)
_OUTCOMES = {
    CallStatus.BUSY: CallResult.BUSY,
    CallStatus.NO_ANSWER: CallResult.NO_ANSWER,
    CallStatus.FAILED: CallResult.FAILED,
    CallStatus.CANCELED: CallResult.CANCELED,
}


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A call that rings at an agent's desk no more, and why."""

    agent_id: int
    reason: str  # answered-elsewhere, caller-hung-up, not-answered, rejected
    by_agent_id: int | None = None


def settle(root: Call, *, dial_over: bool = False) -> list[Withdrawal]:
    """Works out the root (not saved) and its offers (saved) from the legs; says whose phones stop ringing."""
    legs = list(root.legs.order_by("answer_time", "start_time"))
    answered = next((leg for leg in legs if leg.status in _ANSWERED or leg.answer_time), None)
    if answered is not None:
        root.answer_time = answered.answer_time or root.answer_time
        if root.incoming and answered.agent_id:
            root.agent_id = answered.agent_id
        if answered.status == CallStatus.IN_PROGRESS and STATUS_RANK[root.status] < STATUS_RANK[answered.status]:
            # The number's own callback comes at the end only: until then, the root lives as its leg does.
            root.status = CallStatus.IN_PROGRESS
    root.result = _result(root, legs, answered) if root.is_terminal else ""
    return _settle_offers(root, legs, answered, dial_over=dial_over)


def _result(root: Call, legs: list[Call], answered: Call | None) -> str:
    if root.incoming:
        if answered is not None:
            return CallResult.ANSWERED
        return CallResult.VOICEMAIL if _has_message(root) else CallResult.MISSED
    if answered is not None:
        return CallResult.REACHED
    if root.problem and not legs:
        return CallResult.FAILED
    last = legs[-1].status if legs else root.status
    return _OUTCOMES.get(CallStatus(last), CallResult.CANCELED)


def _has_message(root: Call) -> bool:
    return root.recordings.exclude(status="absent").exclude(duration=0).exists()


def _settle_offers(root: Call, legs: list[Call], answered: Call | None, *, dial_over: bool) -> list[Withdrawal]:
    by_agent = {leg.agent_id: leg for leg in legs if leg.agent_id}
    withdrawals: list[Withdrawal] = []
    open_states = (CallOffer.State.RINGING, CallOffer.State.CANCELED)
    for offer in root.offers.filter(state__in=open_states):
        leg = by_agent.get(offer.agent_id)
        if answered is not None and answered.agent_id == offer.agent_id:
            offer.state = CallOffer.State.ANSWERED
        elif answered is not None:
            offer.state = CallOffer.State.ENDED
            withdrawals.append(Withdrawal(offer.agent_id, "answered-elsewhere", answered.agent_id))
        elif root.is_terminal:
            offer.state = CallOffer.State.ENDED
            withdrawals.append(Withdrawal(offer.agent_id, "caller-hung-up"))
        elif leg is not None and leg.status == CallStatus.BUSY:
            offer.state = CallOffer.State.ENDED
            withdrawals.append(Withdrawal(offer.agent_id, "rejected"))
        elif dial_over or (leg is not None and leg.status in (CallStatus.NO_ANSWER, CallStatus.FAILED)):
            offer.state = CallOffer.State.ENDED
            withdrawals.append(Withdrawal(offer.agent_id, "not-answered"))
        elif leg is not None and leg.status == CallStatus.CANCELED:
            offer.state = CallOffer.State.CANCELED
        else:
            continue
        offer.save(update_fields=["state"])
    return withdrawals
