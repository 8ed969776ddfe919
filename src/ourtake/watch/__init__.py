"""Watching other outlets: polls their feeds, weighs new stories against the archive, has takes planned or drafted."""
