"""The page of `importer ui`, in a real browser."""
