"""Masks secrets in what is stored or printed: a server may send one back in an answer, a header or an error, and a
blurb may contain one by accident.

Secrets are the values of key variables, account ids and the user's own headers (the SDKs send both), and what comes
before the @ of an address. They are recognised in plain text, in addresses, JSON, base64 and hexadecimal, and with line
breaks in them.
"""

from __future__ import annotations

import html
import json
import os
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar, overload
from urllib.parse import quote, quote_plus, unquote

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
_SOLID = re.compile(r"(?!\s|\\[nr]|\\\Z|(?<=\\)[nr]).")
_BREAKS = ("\n", "\r", "\\n", "\\r")

Record = TypeVar("Record", bound="Document")


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
        forms = {form.lower() for secret in secrets if len(secret) >= _SHORTEST for form in _forms(secret)}
        # The longest first: one key may be the beginning of another.
        self._forms = sorted(forms, key=len, reverse=True)

    @overload
    def masked(self, text: str) -> str: ...
    @overload
    def masked(self, text: None) -> None: ...
    def masked(self, text: str | None) -> str | None:
        """The text with "[key]" in place of each secret."""
        if not text or not self._forms:
            return text
        # Gateways and their logs may write a header's value in small letters.
        lower = text.lower()
        for form in self._forms:
            if form in lower:
                text = re.sub(re.escape(form), MASK, text, flags=re.IGNORECASE)
        if not any(mark in text for mark in _BREAKS):
            return text
        squeezed = re.sub(r"\s|\\[nr]", "", text).lower()
        for form in self._forms:
            if form in squeezed:
                text = re.sub(r"(?:\s|\\[nr])*".join(map(re.escape, form)), MASK, text, flags=re.IGNORECASE)
        return text

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
        return StreamMask(self, self._forms)


class StreamMask:
    """Masks a text that comes in pieces; what may be the beginning of a secret waits for the next piece."""

    def __init__(self, redaction: Redaction, forms: list[str]) -> None:
        self._redaction = redaction
        self._beginnings = {form[:length] for form in forms for length in range(1, len(form))}
        self._longest = max(map(len, forms), default=1) - 1
        self._held = ""

    def add(self, piece: str) -> str:
        """What can be shown now."""
        text = self._redaction.masked(self._held + piece)
        start = self._held_from(text)
        self._held = text[start:]
        return text[:start]

    def _held_from(self, text: str) -> int:
        """Where a secret may begin that continues in the next piece; line breaks in it are ignored."""
        first = max(0, len(text) - 2 * self._longest)
        window = text[first:]
        solid = [(found.group(), first + found.start()) for found in _SOLID.finditer(window)]
        tail = "".join(letter for letter, _ in solid).lower()
        for size in range(min(self._longest, len(tail)), 0, -1):
            if tail[-size:] in self._beginnings:
                return solid[len(solid) - size][1]
        return len(text)

    def end(self) -> str:
        """What was held back and is not a secret; the mask is ready for another text."""
        rest, self._held = self._held, ""
        return rest


def _forms(secret: str) -> Iterator[str]:
    """The ways in which a secret is written."""
    escaped = json.dumps(secret)[1:-1]
    yield from (
        secret,
        escaped,
        escaped.replace("/", "\\/"),
        json.dumps(escaped)[1:-1],
        html.escape(secret),
        repr(secret)[1:-1],
    )
    for quoted in (quote(secret, safe=""), quote(secret), quote_plus(secret)):
        yield from (quoted, re.sub(r"%[0-9A-F]{2}", lambda found: found[0].lower(), quoted))
    raw = secret.encode("utf-8", "surrogateescape")
    yield raw.hex()
    for encode in (b64encode, urlsafe_b64encode):
        yield encode(raw).decode().rstrip("=")
        for before in range(3):
            # In a longer text ("user:key"), the first and the last characters depend on their neighbours.
            inner = encode(b"\0" * before + raw).decode().rstrip("=")
            core = inner[(0, 2, 3)[before] :][: -1 if (before + len(raw)) % 3 else None]
            yield from [core] if len(core) >= _SHORTEST else []


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
