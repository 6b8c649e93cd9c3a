"""What the explainer says of a call, beside what the simulator really does with it."""
