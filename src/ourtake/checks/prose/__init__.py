"""Structure, style, originality and topic."""
