"""The pipeline: prompt, model, reply, checks, repair, store."""
