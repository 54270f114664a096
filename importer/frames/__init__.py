"""Pandas frames: a source of their own, and what a user's transform is given and returns."""
