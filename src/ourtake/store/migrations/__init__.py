"""Alembic's migrations of the store; run by store/schema.py, never by hand."""
