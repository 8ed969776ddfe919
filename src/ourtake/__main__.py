"""`python -m ourtake`."""

from ourtake.cli.main import main

main()
