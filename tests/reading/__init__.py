"""From bytes to batches: what is read is what is sent."""
