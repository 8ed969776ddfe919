"""ourtake drafts a publication's own take on another outlet's story, checks and repairs it, and hands it to an editor.

Importing this package loads nothing else; its packages load what they need when they are used.
"""

__version__ = "0.1.0"
