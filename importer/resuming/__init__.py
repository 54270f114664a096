"""Runs that are taken up again: what is known of them, whose rows they send, what is left."""
