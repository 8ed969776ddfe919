"""Formats that a draft leaves in, one file a format."""
