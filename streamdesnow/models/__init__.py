"""Model folders: find, read, check."""
