"""Structure, style, originality, topic and promotion."""
