"""Django admin of routing."""

from routing.admin import greetings, hours, lines, routes, spam
from routing.outgoing import admin as outgoing
from routing.outgoing import do_not_call_admin as do_not_call

__all__ = ["do_not_call", "greetings", "hours", "lines", "outgoing", "routes", "spam"]
