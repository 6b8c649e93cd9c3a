"""Text messages: who may send them, how fast, what becomes of them, and what the product answers to those it gets."""
