"""Twilio's REST API: asked through one client, with its retries and its errors."""
