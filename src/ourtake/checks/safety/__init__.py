"""Markup, hidden characters and what a prompt leaves behind."""
