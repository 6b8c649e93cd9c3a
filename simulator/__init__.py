"""A Twilio of our own for the laptop: REST API, call engine, webhooks and voice, over HTTP only."""
