"""Masks secrets in what is stored or printed: a server may send one back in an answer, a header or an error, and a
blurb may contain one by accident.

Secrets are the values of key variables, account ids and the user's own headers (the SDKs send both), and what comes
before the @ of an address. They are recognised in plain text, in addresses, JSON, base64 and hexadecimal, also with
line breaks in them. Long ones are recognised however they are spelled out, too: with other signs between the letters,
backwards, escaped, in part (secret_forms.py).
"""

from __future__ import annotations

import os
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar, overload
from urllib.parse import unquote

from ourtake.providers.secret_forms import BACKSLASHES, LINES, SIGNS, exact_forms, letters_of, lines_of, plain
from ourtake.providers.secret_views import Span, View

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
        secrets = {secret for secret in secrets if len(secret) >= _SHORTEST}
        letters = {one for secret in secrets for one in letters_of(secret)}
        self._any = bool(secrets)
        self._views = (
            View({plain(form).lower() for secret in secrets for form in exact_forms(secret)}, None),
            View({form for secret in secrets for form in lines_of(secret)}, LINES),
            View(letters, SIGNS, parts=True),
        )
        self._backslashed = View(letters, BACKSLASHES, parts=True)

    @overload
    def masked(self, text: str) -> str: ...
    @overload
    def masked(self, text: None) -> None: ...
    def masked(self, text: str | None) -> str | None:
        """The text with "[key]" in place of each secret."""
        return hidden(text, self.find(text)) if text else text

    def find(self, text: str) -> list[Span]:
        """Where secrets are in a text, in order; two that overlap are one."""
        if len(text) < _SHORTEST or not self._any:
            return []
        read = plain(text)
        joined = list[Span]()
        for one in sorted(span for view in self._views_of(read) for span in view.find(read)):
            if joined and one.start < joined[-1].end:
                last = joined.pop()
                one = Span(last.start, max(last.end, one.end))
            joined.append(one)
        return joined

    def begins(self, text: str) -> int:
        """Where a secret may begin in a text that continues after its end; the text's length if nowhere."""
        # A backslash at the end may be half of a line break.
        read = plain(text).removesuffix("\\")
        begun = min((at for view in self._views_of(read) if (at := view.begins(read)) < len(read)), default=len(text))
        return begun - 1 if self._any and text[begun - 1 : begun] == "\\" else begun

    def _views_of(self, text: str) -> tuple[View, ...]:
        if not self._any:
            return ()
        return (*self._views, self._backslashed) if "\\" in text else self._views

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
        return StreamMask(self)


class StreamMask:
    """Masks a text that comes in pieces; what may be the beginning of a secret waits for the next piece."""

    def __init__(self, redaction: Redaction) -> None:
        self._redaction = redaction
        self._held = ""

    def add(self, piece: str) -> str:
        """What can be shown now."""
        text = self._held + piece
        start, found = self._redaction.begins(text), self._redaction.find(text)
        for span in found:
            if span.start < start < span.end:
                # Two secrets may overlap: what ends here may continue as another.
                start = span.start
        self._held = text[start:]
        return hidden(text[:start], [span for span in found if span.end <= start])

    def end(self) -> str:
        """The rest, with the secrets masked; the mask is ready for another text."""
        rest, self._held = self._held, ""
        return self._redaction.masked(rest)


def hidden(text: str, spans: Iterable[Span]) -> str:
    """The text with "[key]" in place of each span; they are in order."""
    pieces, at = list[str](), 0
    for span in spans:
        pieces += [text[at : span.start], MASK]
        at = span.end
    return "".join([*pieces, text[at:]])


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
