"""Texts to groups: a draft says who gets it and what it may cost; once started, the outbox sends it."""
