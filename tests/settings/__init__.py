"""Mapping files: what they may say, and what they had better not."""
