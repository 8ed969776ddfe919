"""Keys out of what is written down: a server may send one back in an answer or an error, and a blurb may hold one by accident.

A key is also what stands before the @ of a server's address, as it is and as the header that it becomes.
"""

from __future__ import annotations

import os
from base64 import b64encode
from typing import overload
from urllib.parse import unquote

from ourtake.config import Settings
from ourtake.providers.registry import ADDRESSES, KEYS

_SHORTEST = 8
"""Characters; a shorter value of a key's variable is a placeholder such as "none", and may be a word of any text."""


class Redaction:
    """Knows the keys in the environment and in the addresses that the settings name, and takes them out of texts."""

    def __init__(self, settings: Settings) -> None:
        names = {*KEYS.values(), *(server.api_key_env for server in settings.models.servers.values())}
        values = {os.environ.get(name, "") for name in names if name}
        addresses = [os.environ.get(name, "") for name in ADDRESSES.values()] + [server.base_url for server in settings.models.servers.values()]
        values.update(*(_secrets_of(address) for address in addresses))
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


def _secrets_of(address: str) -> set[str]:
    """What an address holds of a key: its password (a user's name without one is taken for a token), and both together as HTTP sends them."""
    whole, _, _ = address.partition("://")[2].partition("/")[0].rpartition("@")
    user, colon, password = whole.partition(":")
    plain = unquote(whole)
    return {password if colon else user, unquote(password if colon else user), b64encode(plain.encode()).decode()} if whole else set()
