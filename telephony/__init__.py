"""The one door to Twilio: REST client, webhook guard, callback URLs, identities and phone numbers."""
