"""Finds secrets in a text that is read without what may stand between their letters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ourtake.providers.secret_forms import places, solid_of

_PART = 16
"""Letters and figures of a spelled secret, and at least half of them, that are masked where the rest is cut off."""
_HEAD = 8
"""Characters by which the beginnings of secrets are looked up."""
_GAPS = 16
"""How much longer than the longest secret a text may be in which the beginning of one is looked for."""


class Span(NamedTuple):
    """Where a secret is in a text."""

    start: int
    end: int


class View:
    """A way to read a text, and the secrets as they look in it.

    `between` is what is left out of the text. With `parts`, a long part of a secret, from its beginning or to its end,
    is found too. Memory grows with the secrets' length and not with its square: some have thousands of characters.
    """

    def __init__(self, secrets: Iterable[str], between: re.Pattern[str] | None, *, parts: bool = False) -> None:
        self._between = between
        self._secrets = [_Secret.of(whole, parts=parts) for whole in sorted(secrets)]
        self._longest = max((len(secret.whole) for secret in self._secrets), default=0)
        self._heads = dict[str, list[str]]()
        self._short = set[str]()
        for begun in {one for secret in self._secrets for one in (secret.whole, secret.last)}:
            self._heads.setdefault(begun[:_HEAD], []).append(begun)
            self._short.update(begun[:size] for size in range(1, min(_HEAD, len(begun))))

    def find(self, text: str) -> Iterator[Span]:
        """Where secrets are in a plain text, in no order."""
        solid = solid_of(text, self._between)
        spans = {span for secret in self._secrets for span in secret.find(solid)}
        if spans:
            where = places(text, self._between)
            yield from (Span(where[start], where[end - 1] + 1) for start, end in spans)

    def begins(self, text: str) -> int:
        """Where a secret may begin in a plain text that continues after its end; the text's length if nowhere."""
        first = max(0, len(text) - _GAPS * self._longest)
        solid = solid_of(text[first:], self._between)
        for at in range(max(0, len(solid) + 1 - self._longest), len(solid)):
            head = solid[at : at + _HEAD]
            if head in self._short if len(head) < _HEAD else head in self._heads and self._continues(head, solid[at:]):
                return first + places(text[first:], self._between)[at]
        return len(text)

    def _continues(self, head: str, end: str) -> bool:
        """Whether what a text ends with is the beginning of a secret that has this head."""
        return any(len(whole) > len(end) and whole.startswith(end) for whole in self._heads[head])


class _Secret(NamedTuple):
    """A secret as it looks in a view, and the parts by which it is found."""

    whole: str
    first: str
    last: str

    @classmethod
    def of(cls, whole: str, *, parts: bool) -> _Secret:
        size = min(len(whole), max(_PART, (len(whole) + 1) // 2)) if parts else len(whole)
        return cls(whole, whole[:size], whole[-size:])

    def find(self, solid: str) -> Iterator[Span]:
        """Where the secret, or a long part from the beginning or to the end, is."""
        whole, size = self.whole, len(self.first)
        at = solid.find(self.first)
        while at >= 0:
            end = at + (len(whole) if solid.startswith(whole, at) else size)
            while end < len(solid) and end - at < len(whole) and solid[end] == whole[end - at]:
                end += 1
            yield Span(at, end)
            at = solid.find(self.first, end)
        at = solid.find(self.last) if size < len(whole) else -1
        while at >= 0:
            start = at + size - len(whole) if solid.endswith(whole, 0, at + size) else at
            while start and size + at - start < len(whole) and solid[start - 1] == whole[start - at - size - 1]:
                start -= 1
            yield Span(start, at + size)
            at = solid.find(self.last, at + size)
