"""Batches go out in order, at the pace of the server, and its answers become verdicts."""
