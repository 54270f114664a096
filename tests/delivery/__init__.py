"""Tests of the way from batches to answers to books."""
