"""Twilio's REST API: account, keys, calls, messages, numbers, applications, recordings. All else is missing."""
