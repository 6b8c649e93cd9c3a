"""What Twilio must know of this desk: looked at, compared with how it should be, and set."""
