"""Measures the importer against the tools that people use today; see NOTES.md."""
