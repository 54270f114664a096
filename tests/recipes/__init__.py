"""The README's recipes, run for real; those that need much software have commands of their own."""
