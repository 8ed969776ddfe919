"""Quotations: whether their words are there, and whose they are."""
