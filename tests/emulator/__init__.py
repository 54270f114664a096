"""Tests of the emulator: what it promises to those who send to it."""
