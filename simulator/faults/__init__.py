"""Faults on purpose: which there are, when they strike, and how often each did.

What is asked of it is a decision: "here is a webhook about to be sent; does anything go wrong?" What a fault does is
up to whoever asked: `webhooks/faulty.py`, `rest/faulty.py`, `voice/faulty.py` and `engine/enqueue.py`.
"""

from simulator.faults.board import Faults
from simulator.faults.kinds import Kind
from simulator.faults.rules import BadRuleError, Occasion, Rule

__all__ = ["BadRuleError", "Faults", "Kind", "Occasion", "Rule"]
