"""A model's thoughts apart from its answer, where a server sends both as one text.

The forms: tags (<think>, <thinking>, <thought>, <reasoning> and their like, in any case, also <seed:think>),
[THINK]...[/THINK], the pairs <|START_THINKING|> and <|begin_of_thought|>, and channels
(<|channel|>analysis<|message|>...<|end|>, where only "final" is the answer). A closing tag without an opening one ends
thoughts that the prompt's template began. The text is read once, piece by piece, in time linear in its length.
"""

from __future__ import annotations

import re

_NAMES = r"think|thinking|thought|thoughts|reasoning|reflection|scratchpad|analysis|antthinking|inner_monologue"
_TAG = rf"<(?P<close>/?)(?:[a-z]{{1,20}}:)?(?P<name>{_NAMES})(?:\s[^<>]{{0,100}})?>"
_PAIR = r"<\|(?P<side>start|begin|end)_?(?:of_)?(?P<pair>thinking|thought|reasoning)\|>"
_BRACKET = r"\[(?P<slash>/?)(?-i:THINK)\](?!\()"
_CHANNEL = r"<\|(?P<control>channel|start|message|end|return|call)\|>"
_MARK = re.compile("|".join((_TAG, _PAIR, _BRACKET, _CHANNEL)), re.IGNORECASE)
_IN_OBJECT = re.compile(rf'[{{}}"]|{_MARK.pattern}', re.IGNORECASE)
_STRING_END = re.compile(r'(?:[^"\\]|\\.)*+"', re.DOTALL)
_BEFORE = re.compile(r"(?:\s+|(?:```|~~~)[^\n<\[]{0,40}\n)+")
"""What may be before an answer that is an object. Marks inside that object's strings are words."""
_HALF_FENCE = re.compile(r"(?:`{1,2}|~{1,2}|(?:```|~~~)[^\n<\[]{0,40})\Z")
_HALF_MARK = re.compile(r"(?:<(?:[|/]?[a-z][^<>]*|[|/]?)|\[/?T?H?I?N?K?)\Z", re.IGNORECASE)
_LONGEST_MARK = 140
"""Characters."""
_HEADER = 400
"""Characters of a channel's header that are looked at."""


class Spoken:
    """What a reply says beside its thoughts. `add` its text, in pieces or whole, then `end` it."""

    def __init__(self) -> None:
        self.restarts = 0
        """How often what had been said turned out to be thoughts."""
        self._said: list[str] = []
        self._rest = ""
        self._thought = ""
        """What is under way: the family of a thought's mark, "channel", or "" for none; "header": what follows says
        which channel it is.
        """
        self._header = ""
        self._fresh = True
        self._depth = 0
        self._quoted = False

    @property
    def text(self) -> str:
        """The answer so far."""
        if len(self._said) > 1:
            self._said = ["".join(self._said)]
        return self._said[0] if self._said else ""

    @property
    def thinking(self) -> bool:
        """Whether thoughts are under way: a reply that ends so has no answer."""
        return bool(self._thought)

    def add(self, piece: str) -> str:
        """Take a piece in; what it adds to the answer (all of it so far, where `restarts` has grown)."""
        return self._read(self._rest + piece, last=False)

    def end(self) -> str:
        """Take in what was held back, since a mark could have begun there."""
        return self._read(self._rest, last=True)

    def _read(self, text: str, *, last: bool) -> str:
        before, begun = self.restarts, len(self._said)
        place = 0
        while place < len(text):
            place, waits = self._step(text, place, last=last)
            if waits:
                break
        self._rest = text[place:]
        return "".join(self._said[begun:]) if self.restarts == before else self.text

    def _step(self, text: str, place: int, *, last: bool) -> tuple[int, bool]:
        """Read on from a place up to the next mark; the new place, and whether more text must come first."""
        if self._quoted:
            end = _STRING_END.match(text, place)
            self._quoted = end is None
            stop = end.end() if end else len(text) - (0 if last else _open_escape(text, place))
            self._said.append(text[place:stop])
            return stop, end is None
        if self._fresh and not self._thought:
            before = _BEFORE.match(text, place)
            if before is not None:
                self._said.append(before.group())
                return before.end(), False
            if not last and _HALF_FENCE.match(text, place):
                return place, True
            self._fresh = False
            if text[place] == "{":
                self._said.append("{")
                self._depth = 1
                return place + 1, False
        found = (_IN_OBJECT if self._depth else _MARK).search(text, place)
        if found is None:
            stop = len(text) if last else _held_from(text, place)
            self._words(text[place:stop])
            return stop, True
        self._words(text[place : found.start()])
        if found.group() in ("{", "}", '"'):
            self._said.append(found.group())
            self._quoted = found.group() == '"'
            self._depth += {"{": 1, "}": -1}.get(found.group(), 0)
        else:
            self._mark(found)
        return found.end(), False

    def _words(self, text: str) -> None:
        if self._thought == "header":
            self._header = (self._header + text)[:_HEADER]
        elif not self._thought and text:
            self._said.append(text)

    def _mark(self, found: re.Match[str]) -> None:
        self._depth = 0
        if found["control"]:
            self._channel(found["control"].lower())
            return
        family = "bracket" if found["slash"] is not None else _family((found["name"] or found["pair"]).lower())
        closing = bool(found["close"] or found["slash"] or (found["side"] or "").lower() == "end")
        if not self._thought and not closing:
            self._thought = family
        elif closing and self._thought in ("", family):
            # The first closing mark ends a thought, as in the servers' own readers: a thought may name the mark that
            # began it. Without an opening one, everything so far were thoughts.
            if not self._thought:
                self._restart()
            self._thought, self._fresh = "", True

    def _channel(self, control: str) -> None:
        if self._thought not in ("", "channel", "header"):
            return
        if control in ("channel", "start"):
            self._thought, self._header = "header", ("channel " if control == "channel" else "")
        elif control == "message" and self._thought == "header":
            named = self._header.removeprefix("channel ").split()[:1] if self._header.startswith("channel ") else []
            final = named == ["final"]
            if final and "".join(self._said).strip():
                self._restart()
            self._thought, self._fresh = ("" if final or not named else "channel"), True
        elif control in ("end", "return", "call"):
            self._thought, self._fresh = "", True

    def _restart(self) -> None:
        self._said.clear()
        self.restarts += 1


def spoken(text: str) -> Spoken:
    """A whole reply, read."""
    found = Spoken()
    found.add(text)
    found.end()
    return found


def _family(name: str) -> str:
    return "think" if name.startswith(("think", "thought")) else name


def _held_from(text: str, place: int) -> int:
    """Where a mark may begin whose end has not come yet; the end of the text where none can."""
    found = _HALF_MARK.search(text, max(place, len(text) - _LONGEST_MARK))
    return found.start() if found else len(text)


def _open_escape(text: str, place: int) -> int:
    """1 where the text ends within an escape, after a backslash that is not escaped itself."""
    slashes = len(text) - len(text.rstrip("\\"))
    return min(slashes, len(text) - place) % 2
