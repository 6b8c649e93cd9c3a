"""Calls: what state they are in, and the TwiML that runs them."""
