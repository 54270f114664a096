"""A run that ends too early, in every way there is, and goes on without losing or doubling."""
