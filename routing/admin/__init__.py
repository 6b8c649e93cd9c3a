"""Django admin of routing."""

from routing.admin import greetings, hours, lines, routes, spam

__all__ = ["greetings", "hours", "lines", "routes", "spam"]
