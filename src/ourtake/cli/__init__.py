"""The command line: one thin file a command group; parse, call, print."""

import gc

# Imports make thousands of objects that live until the end; examining them again and again takes a tenth of the
# start-up. Said here, before the first of them is loaded.
gc.set_threshold(100_000, 20, 20)
