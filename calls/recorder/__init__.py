"""The flight recorder: what Twilio sent and was answered, kept, masked, told and replayed."""
