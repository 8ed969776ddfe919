"""Masks secrets in what is stored or printed: a server may send one back in an answer, a header or an error, and a
blurb may contain one by accident.

Secrets are the values of key variables, account ids and the user's own headers (the SDKs send both), and what comes
before the @ of an address. They are recognised in plain text, in addresses, JSON, base64 and hexadecimal, and however
they are spelled out: with spaces or other signs between the letters, backwards, escaped, in part (secret_forms.py).
"""

from __future__ import annotations

import os
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple, TypeVar, overload
from urllib.parse import unquote

from ourtake.providers.secret_forms import exact_forms, letters_of, places, squeezed

if TYPE_CHECKING:
    from ourtake.config import Settings
    from ourtake.documents import Document

MASK = "[key]"
_SHORTEST = 8
"""Characters; a shorter value is a placeholder such as "none", which may be a word of any text."""
SECRET_VARIABLE = re.compile(r"[A-Z0-9_]+_(?:KEY|TOKEN|SECRET)")
"""Environment variables that hold secrets, whoever reads them: those of outside packages' providers, too."""
_VARIABLES = ("OPENAI_ORG_ID", "OPENAI_PROJECT_ID")
_HEADERS = ("OPENAI_CUSTOM_HEADERS", "ANTHROPIC_CUSTOM_HEADERS")
_ADDRESS_VARIABLE = re.compile(r"[A-Z0-9_]+_BASE_URL|OURTAKE_STORE|(?:HTTPS?|ALL)_PROXY|(?:https?|all)_proxy")
_WRITTEN = ("prompt", "text", "reply", "error", "request_id", "stop_reason", "model", "notes", "doubt")
"""The fields of calls and replies that may contain text from outside."""
_PART = 16
"""Letters and figures of a spelled secret, and at least half of them, that are masked where the rest is cut off."""
_HELD = 16
"""How much longer than the longest spelling a text may be that a stream holds back."""

Record = TypeVar("Record", bound="Document")


class _Found(NamedTuple):
    """A secret in a text. `whole`: what follows the end can't belong to it."""

    start: int
    end: int
    whole: bool = True


class Redaction:
    """Masks the secrets of the environment, of the settings, and of further variables and addresses."""

    def __init__(
        self, settings: Settings | None = None, *, variables: Iterable[str] = (), addresses: Iterable[str] = ()
    ) -> None:
        servers = list(settings.models.servers.values()) if settings else []
        sites = list(settings.publish.values()) if settings else []
        names = {*_VARIABLES, *variables, *(server.api_key_env for server in servers)}
        names.update(site.secret_env for site in sites)
        names.update(filter(SECRET_VARIABLE.fullmatch, os.environ))
        secrets = {os.environ.get(name, "") for name in names if name}
        secrets.update(value for name in _HEADERS for value in _header_values(os.environ.get(name, "")))
        given = [value for name, value in os.environ.items() if _ADDRESS_VARIABLE.fullmatch(name)]
        given += [server.base_url for server in servers]
        given += [settings.store] if settings else []
        secrets.update(secret for address in (*given, *addresses) for secret in _secrets_of(address))
        secrets = {secret for secret in secrets if len(secret) >= _SHORTEST}
        self._forms = tuple({form.lower() for secret in secrets for form in exact_forms(secret)})
        self._letters = tuple({letters for secret in secrets for letters in letters_of(secret)})

    @overload
    def masked(self, text: str) -> str: ...
    @overload
    def masked(self, text: None) -> None: ...
    def masked(self, text: str | None) -> str | None:
        """The text with "[key]" in place of each secret."""
        if not text or not self._forms:
            return text
        pieces, at = list[str](), 0
        for found in self.find(text):
            pieces += [text[at : found.start], MASK]
            at = found.end
        return "".join([*pieces, text[at:]])

    def find(self, text: str) -> list[_Found]:
        """Where secrets are in a text, in order; two that overlap are one."""
        # Gateways and their logs may write a header's value in small letters.
        lower = text.lower()
        found = [
            _Found(*match.span())
            for form in self._forms
            if form in lower
            for match in re.finditer(re.escape(form), text, flags=re.IGNORECASE)
        ]
        joined = list[_Found]()
        for one in sorted([*found, *self._spelled(text)]):
            if joined and one.start < joined[-1].end:
                last = joined.pop()
                one = max(last, one, key=lambda each: (each.end, each.whole))._replace(start=last.start)
            joined.append(one)
        return joined

    def _spelled(self, text: str) -> Iterator[_Found]:
        """Secrets with signs between their letters, and long parts of them."""
        solid = squeezed(text)
        spans = {span for letters in self._letters for span in _parts(solid, letters)}
        if spans:
            where = places(text)
            yield from (_Found(where[start], where[end - 1] + 1, whole) for start, end, whole in spans)

    def clean(self, record: Record) -> Record:
        """A call, its end or a reply, with the secrets masked in texts from outside."""
        written = {name: getattr(record, name, None) for name in _WRITTEN if name in type(record).model_fields}
        if "request_hash" in type(record).model_fields:
            written.pop("model", None)  # the name by which the call is found again; the user wrote it
        masked = {
            name: tuple(map(self.masked, value)) if isinstance(value, tuple) else self.masked(value)
            for name, value in written.items()
            if value
        }
        return record.model_copy(update=masked)

    def stream(self) -> StreamMask:
        """A mask for a text that comes in pieces."""
        return StreamMask(self, {squeezed(form) for form in self._forms} | set(self._letters))


class StreamMask:
    """Masks a text that comes in pieces; what may be the beginning of a secret waits for the next piece."""

    def __init__(self, redaction: Redaction, letters: set[str]) -> None:
        self._redaction = redaction
        parts = {whole[-_part(whole) :] for whole in letters}
        self._beginnings = {whole[:length] for whole in letters | parts for length in range(1, len(whole))}
        self._longest = max(map(len, letters), default=1) - 1
        self._held = ""

    def add(self, piece: str) -> str:
        """What can be shown now."""
        text = self._held + piece
        start = self._held_from(text)
        for found in self._redaction.find(text):
            if found.start < start < found.end:
                start = found.end if found.whole else found.start
        self._held = text[start:]
        return self._redaction.masked(text[:start])

    def _held_from(self, text: str) -> int:
        """Where a secret may begin that continues in the next piece; signs between its letters are ignored."""
        first = max(0, len(text) - _HELD * self._longest)
        tail = squeezed(text[first:])[-self._longest :]
        for size in range(len(tail), 0, -1):
            if tail[-size:] in self._beginnings:
                return first + places(text[first:])[-size]
        return len(text)

    def end(self) -> str:
        """The rest, with the secrets masked; the mask is ready for another text."""
        rest, self._held = self._held, ""
        return self._redaction.masked(rest)


def _part(letters: str) -> int:
    """How many of a secret's letters, from its beginning or to its end, are masked alone."""
    return min(len(letters), max(_PART, (len(letters) + 1) // 2))


def _parts(solid: str, letters: str) -> Iterator[_Found]:
    """Where a secret's letters, or a long part from the beginning or to the end, are in a text's."""
    size = _part(letters)
    at = solid.find(letters[:size])
    while at >= 0:
        end = at + size
        while end < len(solid) and end - at < len(letters) and solid[end] == letters[end - at]:
            end += 1
        yield _Found(at, end, end - at == len(letters))
        at = solid.find(letters[:size], end)
    at = solid.find(letters[-size:])
    while at >= 0:
        start = at
        while start and size + at - start < len(letters) and solid[start - 1] == letters[start - at - size - 1]:
            start -= 1
        yield _Found(start, at + size)
        at = solid.find(letters[-size:], at + size)


def _header_values(lines: str) -> Iterator[str]:
    """The values of "Name: value" lines, whole and without a scheme such as Bearer."""
    for line in lines.split("\n"):
        value = line.partition(":")[2].strip()
        yield from (value, value.rpartition(" ")[2])


def _secrets_of(address: str) -> set[str]:
    """The secrets in an address: its password, and user and password together as HTTP sends them.

    A user name without a password counts as a token, except for databases.
    """
    scheme, _, rest = address.partition("://")
    whole, _, _ = rest.partition("/")[0].rpartition("@")
    user, colon, password = whole.partition(":")
    secret = password if colon else user if scheme.lower().startswith("http") else ""
    return {secret, unquote(secret), b64encode(unquote(whole).encode()).decode().rstrip("=")} if secret else set()
