"""The corridor: prompt, model, reply, checks, repair, store."""
