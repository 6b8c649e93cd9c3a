"""What may be called and texted from here: by whom, where, when, and what somebody may do all the same."""
