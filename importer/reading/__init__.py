"""Files become chunks of text: sources, records, layouts, and what is doubtful about them."""
