"""How a caller travels, and what may be called and texted from here."""

from routing.models.lines import Line
from routing.models.outgoing import (
    Channels,
    DoNotCall,
    EmergencyRule,
    OutgoingHours,
    OutgoingOverride,
    OutgoingRule,
    OverrideBy,
)

__all__ = [
    "Channels",
    "DoNotCall",
    "EmergencyRule",
    "Line",
    "OutgoingHours",
    "OutgoingOverride",
    "OutgoingRule",
    "OverrideBy",
]
