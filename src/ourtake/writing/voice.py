"""A publication's voice, measured on its own opinion pieces: sample paragraphs and the habits of its sentences, as a
page for an editor to edit. A model is shown it as voice, never as facts.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ourtake.text.counts import count_of
from ourtake.text.markdown import blocks, links, prose_of, visible
from ourtake.text.quotations import quotations_in
from ourtake.text.sentences import sentences
from ourtake.text.words import count_words, words

SAMPLES = 4
LEAST_PIECES = 3
"""With fewer pieces there is no habit to measure."""

_SAMPLE_WORDS = (45, 130)
_CONTRACTION = re.compile(r"\b\w+(?:n['\u2019]t|['\u2019](?:ll|re|ve|d|m))\b", re.IGNORECASE)
_SPELT = re.compile(r"\b(?:organi[sz]|reali[sz]|recogni[sz]|colou?r|labou?r|favou?r|neighbou?r|cent(?:re|er)\b)", re.I)


class Piece(NamedTuple):
    """An opinion piece: its title and its Markdown."""

    title: str
    text: str


class Voice(NamedTuple):
    """What was measured. `samples`: paragraphs with the title of their piece; `habits`: sentences about the prose."""

    pieces: int
    habits: tuple[str, ...]
    samples: tuple[Piece, ...]

    def page(self) -> str:
        """prompts/voice.md."""
        lines = [
            f"Measured on {count_of(self.pieces, 'piece')}. Edit it: this page is shown to the model that "
            "writes, as voice only.",
            "",
            *(f"- {habit}" for habit in self.habits),
        ]
        for sample in self.samples:
            lines += ["", f"From \u201c{sample.title}\u201d:", "", sample.text]
        return "\n".join(lines) + "\n"


def learned(pieces: Iterable[Piece]) -> Voice:
    """The voice of these pieces, of which there must be LEAST_PIECES."""
    given = list(pieces)
    prose = [prose_of(piece.text) for piece in given]
    return Voice(len(given), tuple(_habits(given, prose)), tuple(_samples(given)))


def _without_quotations(text: str) -> str:
    """The paragraphs in which nobody is quoted; the whole text where there are none."""
    own = [part for part in text.split("\n\n") if not quotations_in(part)]
    return "\n\n".join(own) or text


def _habits(pieces: Sequence[Piece], prose: Sequence[str]) -> list[str]:
    # What people are quoted as saying is not the writer's voice.
    prose = [_without_quotations(text) for text in prose]
    spans = [span.text for text in prose for span in sentences(text)]
    lengths = sorted(count_words(span) for span in spans)
    listed = [word for text in prose for word in words(text)]
    own = [word.casefold() for word in listed]
    many = max(1, len(listed))
    we, one = (sum(word in which for word in own) for which in (("we", "our", "us"), ("i", "my", "me")))
    person = "we" if we > 2 * one else "I" if one > 2 * we else "we and I" if we + one else "neither we nor I"
    short, long = lengths[len(lengths) // 10], lengths[len(lengths) * 9 // 10]
    habits = [
        f"Sentences have a median of {statistics.median(lengths):.0f} words; one in ten has {short} or fewer, and "
        f"one in ten has {long} or more.",
        f"The writer says {person}.",
        f"Contractions: {1000 * sum(len(_CONTRACTION.findall(text)) for text in prose) / many:.0f} in 1,000 words.",
        f"Questions: {100 * sum(span.endswith('?') for span in spans) / max(1, len(spans)):.0f} in 100 sentences.",
    ]
    return [*habits, *_spelling(prose), _titles(pieces)]


def _spelling(prose: Sequence[str]) -> list[str]:
    """Whether words that differ are spelt as in Britain or in America; nothing where there are too few."""
    found = [match[0].casefold() for text in prose for match in _SPELT.finditer(text)]
    british = sum(word.endswith(("is", "our", "re")) for word in found)
    if len(found) < 3 or british * 2 == len(found):
        return []
    return [f"Spelling is {'British' if british * 2 > len(found) else 'American'}."]


def _titles(pieces: Sequence[Piece]) -> str:
    """How other pieces are named where they are linked to: in quotation marks, or by words of the writer's own."""
    linked = [link for piece in pieces for link in links(piece.text)]
    if not linked:
        return "Other pieces are not linked to."
    quoted = sum(link.anchor.startswith(("\u201c", '"', "\u2018", "'")) for link in linked)
    named = "their titles in quotation marks" if quoted * 2 > len(linked) else "words of the writer's own"
    return f"Other pieces are linked to with {named}."


def _samples(pieces: Sequence[Piece]) -> list[Piece]:
    """Paragraphs that sound like the pieces do: of a good length, without links and other people's words, the one of
    each piece whose sentences are nearest to the middle.
    """
    middle = statistics.median([count_words(span.text) for piece in pieces for span in sentences(prose_of(piece.text))])
    found: list[tuple[float, int, Piece]] = []
    for number, piece in enumerate(pieces):
        best: tuple[float, int, Piece] | None = None
        for kind, span in blocks(piece.text):
            count = count_words(span.text)
            if kind != "paragraph" or not _SAMPLE_WORDS[0] <= count <= _SAMPLE_WORDS[1]:
                continue
            if links(span.text) or quotations_in(span.text):
                continue
            text = " ".join(visible(span.text).split())
            away = abs(count / max(1, len(sentences(text))) - middle)
            if best is None or away < best[0]:
                best = away, number, Piece(piece.title, text)
        if best is not None:
            found.append(best)
    return [piece for _, _, piece in sorted(found, key=lambda one: one[:2])[:SAMPLES]]
