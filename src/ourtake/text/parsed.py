"""A text that keeps what was read from it, so that it is parsed once however many rules ask.

The results are kept with the text (or the case) that they were read from and go when it goes. There is no process-wide
cache that grows with every story.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast
from weakref import ref

Of = TypeVar("Of")
Args = ParamSpec("Args")
Result = TypeVar("Result")
Item = TypeVar("Item")
_NOT_READ = object()


class Text(str):
    """A string with a memory. It is equal to the same plain string; slices of it are plain strings, `part`s are Texts.

    `whole` and `start` say of which text it is a part; the whole may be gone.
    """

    __slots__ = ("__weakref__", "memo", "start", "whole")
    memo: dict[Hashable, object] | None
    whole: ref[Text] | None
    start: int

    def __new__(cls, text: str = "") -> Text:
        """The text itself where it has a memory already."""
        if type(text) is cls:
            return text
        made = super().__new__(cls, text)
        made.memo = None  # until something is read: of most sentences of an article nothing is
        made.whole = None
        return made

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        """A copy in another process is a plain string."""
        return str, (str(self),)


class Group(tuple[Item, ...]):
    """A tuple with a memory: what is worked out over all of its items is kept with it."""

    memo: dict[Hashable, object]

    def __new__(cls, items: Iterable[Item] = ()) -> Group[Item]:
        """The items, with nothing worked out yet."""
        made = super().__new__(cls, items)
        made.memo = {}
        return made


def kept(read: Callable[Concatenate[Of, Args], Result]) -> Callable[Concatenate[Of, Args], Result]:
    """Keep what `read` returns with its first argument, if that has a memo (a Text, a Group, a Case).

    Of any other argument it is read each time. Further arguments must be positional and hashable. The result is shared
    and must not be changed.
    """
    function: Any = read
    # A take asks thousands of times, mostly without further arguments; with them a call takes a quarter more.
    reading = (_reading_of_one if function.__code__.co_argcount == 1 else _reading_of_several)(function)
    return cast("Callable[Concatenate[Of, Args], Result]", wraps(read)(reading))


def _reading_of_one(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def reading(of: Any, /) -> Any:
        # A plain string, which has no memo, is told without an exception.
        if type(of) is str:
            return function(of)
        try:
            memo = of.memo
        except AttributeError:
            return function(of)
        if memo is None:
            of.memo = memo = {}
        result = memo.get(function, _NOT_READ)
        if result is _NOT_READ:
            result = function(of)
            if result is not of:  # only the garbage collector could free what keeps itself
                memo[function] = result
        return result

    return reading


def _reading_of_several(function: Callable[..., Any]) -> Callable[..., Any]:
    def reading(of: Any, /, *args: Any) -> Any:
        if type(of) is str:
            return function(of, *args)
        try:
            memo = of.memo
        except AttributeError:
            return function(of, *args)
        if memo is None:
            of.memo = memo = {}
        key = (function, *args)
        result = memo.get(key, _NOT_READ)
        if result is _NOT_READ:
            result = function(of, *args)
            if result is not of:
                memo[key] = result
        return result

    return reading


def cut(text: str, start: int, end: int) -> Text:
    """text[start:end], which knows where it is from."""
    made = Text(str.__getitem__(text, slice(start, end)))
    if isinstance(text, Text):
        made.whole, made.start = ref(text), start
    return made


@kept
def part(text: str, start: int, end: int) -> Text:
    """The same: the same object each time, so that what is read from it is kept as well."""
    return cut(text, start, end)


def stripped(text: str, start: int, end: int) -> tuple[int, int]:
    """Where text[start:end] begins and ends without the white space around it."""
    piece = text[start:end]
    begin = start + len(piece) - len(piece.lstrip())
    return begin, max(begin, start + len(piece.rstrip()))


@kept
def pieces(text: str) -> tuple[tuple[int, Text], ...]:
    """What is between blank lines, without the white space around it, and where each piece begins."""
    found: list[tuple[int, Text]] = []
    at = 0
    for piece in text.split("\n\n"):
        begin, end = stripped(text, at, at + len(piece))
        if begin < end:
            found.append((begin, part(text, begin, end)))
        at += len(piece) + 2
    return tuple(found)
