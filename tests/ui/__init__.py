"""The local page: its server, what it edits, what it refuses."""
