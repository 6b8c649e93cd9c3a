"""The doctor's own checks, all checks together, and the page that shows what they found."""
