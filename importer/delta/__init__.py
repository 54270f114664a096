"""Only what changed is sent: rows that say what their profile is known to hold are settled."""
