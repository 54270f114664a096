"""The books: ledger, groups of failures, the course of a run."""
