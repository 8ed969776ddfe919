"""Rules over a take. A rule is a function and a row with two examples, in one file; registry.py lists those files."""
