"""What was and what would be: the runs of a folder, one row, two mappings side by side."""
