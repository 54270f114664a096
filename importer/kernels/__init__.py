"""Columns of text in memory: what Arrow and numpy do to all of their cells at once."""
