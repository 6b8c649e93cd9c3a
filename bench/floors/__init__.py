"""What Ringdesk is measured against: the least that could be done, and what is ordinarily done."""
