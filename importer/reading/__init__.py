"""Files become chunks of text: sources, records, layouts, and what breaks them off."""
