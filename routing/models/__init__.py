"""What admins keep about how callers travel."""

from routing.models.greetings import Greeting, GreetingSound
from routing.models.hours import OpeningHours
from routing.models.lines import Line
from routing.models.routes import Route, RouteVersion
from routing.models.spam import SpamRule

__all__ = ["Greeting", "GreetingSound", "Line", "OpeningHours", "Route", "RouteVersion", "SpamRule"]
