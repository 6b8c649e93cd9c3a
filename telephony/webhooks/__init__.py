"""What Twilio posts: guarded, read, and kept when it cannot be worked on."""
