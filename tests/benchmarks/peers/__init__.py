"""Programs to be measured against; each runs alone, as a script."""
