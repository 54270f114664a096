"""From bytes to chunks: what is read is what stands in the file."""
