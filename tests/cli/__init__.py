"""The command: its output, its exit codes, its start."""
