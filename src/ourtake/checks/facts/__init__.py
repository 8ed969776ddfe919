"""Numbers, dates and names of a take, compared with those of its documents."""
