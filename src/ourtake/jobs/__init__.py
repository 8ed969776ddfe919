"""Run many things at once within limits, and know none of them."""
