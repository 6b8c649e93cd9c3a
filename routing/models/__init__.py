"""What admins keep about how callers travel, and about what may be called and texted from here."""

from routing.models.greetings import Greeting, GreetingSound
from routing.models.hours import OpeningHours
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
from routing.models.routes import Route, RouteVersion
from routing.models.spam import SpamRule

__all__ = [
    "Channels",
    "DoNotCall",
    "EmergencyRule",
    "Greeting",
    "GreetingSound",
    "Line",
    "OpeningHours",
    "OutgoingHours",
    "OutgoingOverride",
    "OutgoingRule",
    "OverrideBy",
    "Route",
    "RouteVersion",
    "SpamRule",
]
