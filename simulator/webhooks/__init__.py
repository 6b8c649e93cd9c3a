"""Requests to the product, made as Twilio makes them."""
