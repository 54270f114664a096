"""Does a file look like the last one? A positional file fails silently when it does not."""
