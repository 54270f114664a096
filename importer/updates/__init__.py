"""Rows become updates: mapped, named, encoded, and put together to batches."""
