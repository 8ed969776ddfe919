"""Keys out of what is written down: a server may send one back in an answer or an error, and a blurb may hold one by accident."""

from __future__ import annotations

import os
from typing import overload

from ourtake.config import Settings
from ourtake.providers.registry import KEYS

_SHORTEST = 8
"""Characters; a shorter value of a key's variable is a placeholder such as "none", and may be a word of any text."""


class Redaction:
    """Knows the keys in the environment that the settings name, and takes them out of texts."""

    def __init__(self, settings: Settings) -> None:
        names = {*KEYS.values(), *(server.api_key_env for server in settings.models.servers.values())}
        values = {os.environ.get(name, "") for name in names if name}
        # The longest first: one key may begin as another does.
        self._keys = sorted((value for value in values if len(value) >= _SHORTEST), key=len, reverse=True)

    @overload
    def masked(self, text: str) -> str: ...
    @overload
    def masked(self, text: None) -> None: ...
    def masked(self, text: str | None) -> str | None:
        """The text with "[key]" where a key stood."""
        for key in self._keys if text else ():
            text = text and text.replace(key, "[key]")
        return text
