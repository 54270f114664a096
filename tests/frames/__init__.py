"""Data frames: imported as the CSV file with the same cells would be, one partition of many."""
