"""Eval runs: the same stories through the same pipeline with several models, and how sure the comparison is."""
