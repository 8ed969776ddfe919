"""Rules over a take: one file a family; a rule is a row with examples."""
