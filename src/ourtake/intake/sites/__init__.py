"""Where site builders put addresses: a file and a row (registry.py) each."""
