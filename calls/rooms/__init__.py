"""Rooms at Twilio, and what is done in them: hold, transfers, others taken in."""
