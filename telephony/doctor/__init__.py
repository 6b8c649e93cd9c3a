"""Finds what keeps calls from working, and says how to mend it. What is not Twilio's is seen to in `config.doctor`."""
