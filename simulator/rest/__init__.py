"""Twilio's REST API, `2010-04-01`: calls, numbers, applications, recordings. All else says that it is missing."""
