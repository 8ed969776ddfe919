"""The outside -> Source and Article."""
