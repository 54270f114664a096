"""Tests of what previews say of a file's columns."""
