"""ourtake writes a publication's own take on somebody else's story, checks it, mends it, and hands it to an editor.

Importing this package loads nothing but itself: the rooms below load what they need when they are entered.
"""

__version__ = "0.1.0"
