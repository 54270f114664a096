"""Rows as updates: identifiers, operations, encoding, batches."""
