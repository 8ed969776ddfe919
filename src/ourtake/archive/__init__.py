"""Related articles out of the publication's own archive."""
