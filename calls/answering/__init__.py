"""What callers hear: TwiML, made and read again."""
