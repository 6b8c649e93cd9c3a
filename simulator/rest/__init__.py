"""Twilio's REST API, `2010-04-01`: account, keys, calls, numbers, applications, recordings. All else is missing."""
