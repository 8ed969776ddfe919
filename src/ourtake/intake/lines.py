"""JSONL: one article a line -> Articles.

A line is read only when it is needed: one that was imported before is recognised by its digest.
"""

from __future__ import annotations

import codecs
import io
import itertools
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast

from pydantic import ValidationError
from pydantic_core import from_json

from ourtake.documents import Article, trusted_article
from ourtake.errors import InputError
from ourtake.intake.dates import UNREAD, article_dates
from ourtake.intake.decompress import opened
from ourtake.intake.encoding import Decoded, GuessedEncodings, bare_encoding, is_plain_ascii, mark_encoding
from ourtake.intake.files import decode, is_address, storable
from ourtake.intake.formats import Crawler, Listing
from ourtake.intake.items import Items, Line, Reject
from ourtake.intake.readdressing import with_links
from ourtake.intake.unpublished import A_STUB, is_paid, is_stub, why_unpublished
from ourtake.values import clean_text, iso_date

_HEAD = 1 << 16
"""Bytes of the first lines that are not ASCII, by which the encoding is told."""

_REQUIRED = frozenset(("url", "title", "text"))
_TEXTS = _REQUIRED | {"id", "summary", "author"}
_DATES = frozenset(("published", "updated"))
_WORDS = frozenset(("tags", "links"))


def read_jsonl(listing: Listing, crawl: Crawler) -> Items:
    """The lines of a file, to be read when they are needed; the articles of an address's lines, and of all lines where
    a pattern makes their addresses.
    """
    if listing.path is not None and not crawl.limits.permalink:
        yield from lines(listing.path, crawl)
        return
    yield from with_links(_articles(listing, crawl), crawl)


def _articles(listing: Listing, crawl: Crawler) -> Items:
    if listing.path is not None:
        for line in lines(listing.path, crawl):
            yield article_line(line.data, f"{line.file}:{line.number}")
        return
    for number, data in enumerate(b"".join(listing.blocks()).splitlines(), 1):
        if data.strip():
            yield article_line(data, f"{listing.name}:{number}")


def lines(path: Path, crawl: Crawler | None = None) -> Iterator[Line]:
    """The lines of a JSONL file that are not blank, in UTF-8. Raises InputError when it can't be read."""
    name = str(path)
    try:
        with opened(path) as file:
            for number, data in enumerate(_recoded(file, name, crawl), 1):
                if not data.isspace():
                    yield Line(name, number, data)
    except (OSError, EOFError) as error:
        what = f"{path} can't be read: {getattr(error, 'strerror', None) or error}."
        raise InputError(what, "Check its permissions, and that it is complete.") from error


def _recoded(file: BinaryIO, name: str, crawl: Crawler | None) -> Iterator[bytes]:
    """The lines of a file, in UTF-8. Its encoding is that of the first lines that are not ASCII."""
    encoding = mark_encoding(cast(io.BufferedReader, file).peek(4))
    first: list[bytes] = []
    if not encoding:
        for line in file:
            if not is_plain_ascii(line):
                first = [line, *file.readlines(_HEAD)]
                encoding = bare_encoding(b"".join(first), crawl.limits.encoding if crawl else "")
                break
            yield line
    if not encoding or encoding.startswith("utf-8"):
        yield from itertools.chain(first, file)
        return
    try:
        yield from _in_utf8(itertools.chain(first, file), encoding)
    except UnicodeDecodeError as error:
        raise InputError(
            f"{name} is neither UTF-8 nor {encoding}.", "Save it as UTF-8, or add --encoding NAME."
        ) from error
    guessed = GuessedEncodings()
    guessed.add(Decoded("", encoding), name)
    if crawl:
        crawl.say(guessed.lines())


def _in_utf8(pieces: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """The lines of a text in another encoding, in UTF-8. In UTF-16, a piece may end within a character."""
    line: list[str] = []
    for text in codecs.iterdecode(pieces, encoding):
        *ended, rest = text.split("\n")
        for end in ended:
            yield f"{''.join(line)}{end}\n".encode()
            line.clear()
        line.append(rest)
    if last := "".join(line):
        yield last.encode()


class Read(NamedTuple):
    """The article of a line; `document`: the line itself, where validation has nothing to change in it."""

    article: Article
    document: str | None = None


def read_line(line: Line) -> Read | Reject:
    """The article of a line, or what is wrong with it."""
    try:
        given = from_json(line.data, allow_inf_nan=False, cache_strings="keys")
    except ValueError:
        given = None
    if isinstance(given, dict) and _is_plain(given) and not is_stub(given["text"]):
        return Read(trusted_article(given), line.data.decode().strip())
    found = article_line(line.data, f"{line.file}:{line.number}")
    return found if isinstance(found, Reject) else Read(found)


def _is_plain(given: dict[str, Any]) -> bool:
    """Whether the line is an article that validation would give back as it is. That is so for most lines, and costs
    half as much to see as to do.
    """
    if not given.keys() >= _REQUIRED:
        return False
    for key, value in given.items():
        kind = value.__class__
        if kind is str:
            if key in _DATES:
                if iso_date(value) != value:
                    return False
            elif key not in _TEXTS or clean_text(value) != value:
                return False
        elif kind is list:
            if key not in _WORDS or not all(word.__class__ is str and clean_text(word) == word for word in value):
                return False
        elif value is not None or key in _REQUIRED:
            return False
    return (
        is_address(given["url"])
        and not given["title"].isspace()
        and not given["text"].isspace()
        and bool(given["title"] and given["text"])
    )


def article_line(line: bytes, where: str) -> Article | Reject:
    """The article of a line; `where` names the line in messages."""
    try:
        given = json.loads(decode(line, "the line"))
        if not isinstance(given, dict):
            return Reject(where, "not a JSON object.")
        given = storable(given, "the line")
        if why := why_unpublished(given, ahead=True):
            return Reject(where, why, broken=False)
        article = Article.model_validate({**given, **_dates(given)})
        if is_stub(article.text, paid=is_paid(given)):
            return Reject(where, A_STUB, broken=False)
    except json.JSONDecodeError as error:
        return Reject(where, f"not valid JSON: {error.msg} at column {error.colno}.")
    except InputError as error:
        return Reject(where, error.what)
    except ValidationError as error:
        first = error.errors()[0]
        return Reject(where, f"{'.'.join(map(str, first['loc']))}: {first['msg'].lower()}.")
    except RecursionError:
        return Reject(where, "not valid JSON: nested too deeply.")
    except ValueError:
        return Reject(where, "a number with too many digits.")
    if not is_address(article.url):
        return Reject(where, f"{article.url[:80]!r} is not a web address.")
    if not article.title.strip() or not article.text.strip():
        return Reject(where, "no title." if not article.title.strip() else "no text.")
    return article


def _dates(given: dict[str, Any]) -> dict[str, Any]:
    """The line's dates, else those that an earlier import could not read, as `archive export` writes them."""
    earlier = given.pop(UNREAD, None)
    unread = earlier if isinstance(earlier, dict) else {}
    return article_dates(
        published=[given.get("published"), unread.get("published")],
        updated=[given.get("updated"), unread.get("updated")],
        exact=True,
    )
