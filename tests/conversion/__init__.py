"""Tests of the column types."""
