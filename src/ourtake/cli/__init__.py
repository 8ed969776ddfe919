"""The command line: one thin file a command group; parse, call, print."""

from ourtake.collector import collect_seldom

collect_seldom()  # before a command loads anything
