"""TOP: paragraphs that leave the story, and tags that the texts don't support. Promotion is in promotion.py."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files

from ourtake.checks.absence import unclear, unless_elsewhere
from ourtake.checks.base import ENGLISH, PROSE, Case, Example, Hit, Rule, whole
from ourtake.checks.examples import PARAGRAPHS, RELATED, SOUND
from ourtake.checks.term_weights import COMMON_WEIGHT, common_stems, terms, weight
from ourtake.config import Settings, Topic
from ourtake.documents import FieldName
from ourtake.text.names import names_in
from ourtake.text.parsed import kept
from ourtake.text.stemming import stems
from ourtake.text.tokens import find_words, tokenize
from ourtake.text.words import normalise

OFF = 0.21
"""A paragraph leaves the story if the take's frame and the best single document have less than this share of its
weighted words.
"""

CLOSING_OFF = 0.16
"""The same for the last paragraph."""

RATHER_OFF, APART, LEAST_UNCOMMON = 0.26, 0.66, 5
"""The same share, for a paragraph without an uncommon word of the take's frame, if more than APART of its uncommon
words (LEAST_UNCOMMON or more) are in none of the documents.
"""

LEAST_WORDS = 15
"""Content words that a paragraph must have to be judged."""

FOREIGN = 0.25
"""From this share of content words that are uncommon and appear nowhere else, a paragraph is about something else. An
opinion in common words is not.
"""

LEAST_KNOWN = 150
"""Content words that the documents must have: a blurb alone can't tell an opinion from a digression."""

TAG_SHARE = 0.51
"""Share of a tag's weighed words that the texts must hold."""

TOPIC_WORDS = 3
"""Words of a topic (data/topics.tsv) that the texts must have for its tag to be supported."""

_SHORTEST_ROOT = 5
"""Letters; a longer stem also matches by its first SHORTEST_ROOT + 1."""


def off_topic_paragraph(case: Case) -> Iterator[Hit]:
    """TOP001."""
    frame = frozenset(
        terms(f"{case.take.headline}. {case.take.summary} {case.source.title}. {' '.join(case.take.tags)}")
    )
    vocabularies = [_vocabulary(document.text) for document in case.documents]
    absent = unclear(case)
    if sum(len(words) for words in vocabularies) < LEAST_KNOWN:
        if absent:
            yield unless_elsewhere(case, Hit("", *whole(case, "body")), absent)
        return
    anywhere = frame.union(*vocabularies)
    blocks = [block for kind, block in case.blocks if kind == "paragraph"]
    for block in blocks:
        own = _vocabulary(block.text)
        if len(own) < LEAST_WORDS:
            continue
        uncommon = own - common_stems()
        common = own - uncommon
        rare, often = uncommon - frame, common - frame
        framed = _weighed(uncommon & frame, common & frame)
        best = framed + max([_weighed(rare & words, often & words) for words in vocabularies])
        best /= _weighed(uncommon, common)
        foreign = len(uncommon - anywhere)
        # The last paragraph asks what is still open, and may be further from the story.
        least = CLOSING_OFF if block is blocks[-1] else OFF
        off = (best < least and foreign >= FOREIGN * len(own)) or (
            least == OFF and best < RATHER_OFF and _apart(uncommon, foreign, frame=frame)
        )
        if off and not _anchored(case, block.text):
            message = f"Only {best:.0%} of this paragraph's content words are in the source or in one article."
            yield unless_elsewhere(case, Hit(message, "body", block.start, block.end), absent)


def _anchored(case: Case, text: str) -> bool:
    """Whether a paragraph has a name of several words or a long figure from a document: it is about the story."""
    names = [tokenize(name.text).words for name in names_in(text) if not name.first]
    figures = [(number,) for number in tokenize(text).words if number.isdigit() and len(number) > 4]
    sought = [words for words in (*names, *figures) if len(words) > 1 or words[0].isdigit()]
    texts = [tokenize(document.text) for document in case.documents]
    return any(find_words(words, text) is not None for words in sought for text in texts)


def _weighed(uncommon: frozenset[str], common: frozenset[str]) -> float:
    return len(uncommon) + COMMON_WEIGHT * len(common)


def _apart(uncommon: frozenset[str], foreign: int, *, frame: frozenset[str]) -> bool:
    """Whether most of a paragraph's uncommon words are in none of the documents, and none in the take's frame."""
    return len(uncommon) >= LEAST_UNCOMMON and foreign > APART * len(uncommon) and not frame & uncommon


@kept
def _vocabulary(text: str) -> frozenset[str]:
    return frozenset(terms(text))


def _tag_spans(case: Case) -> Iterator[tuple[str, int, int]]:
    """Each tag with its place in the tags joined by ", "."""
    start = 0
    for tag in case.take.tags:
        yield tag, start, start + len(tag)
        start += len(tag) + 2


@kept
def _whole_stems(text: str) -> frozenset[str]:
    return frozenset(tokenize(text).stems)


@kept
def _stems(text: str) -> frozenset[str]:
    """The stems of a text's words, and their beginnings: "regulation" and "regulator" begin alike."""
    found = _whole_stems(text)
    long = [word for word in found if len(word) > _SHORTEST_ROOT]
    return found.union([word[:_SHORTEST_ROOT] for word in long], [word[: _SHORTEST_ROOT + 1] for word in long])


def _known(word: str, stems: list[frozenset[str]]) -> bool:
    root = word[: _SHORTEST_ROOT + 1]
    root = root if len(root) > _SHORTEST_ROOT else word
    return any(word in one or root in one for one in stems)


def tag_not_supported(case: Case) -> Iterator[Hit]:
    """TOP003."""
    own: tuple[FieldName, ...] = ("headline", *PROSE)
    texts = [*(case.text(field) for field in own), *(document.text for document in case.documents)]
    known = [_stems(text) for text in texts]
    carried = {normalise(tag) for item in case.related for tag in item.tags}
    for tag, start, end in _tag_spans(case):
        words = tokenize(tag).words
        key_words = terms(tag) or tokenize(tag).stems
        if not words or normalise(tag) in carried or _short_form(tag, words, texts=texts):
            continue
        whole = sum(map(weight, key_words))
        # A short word without an ending is meant as it is: "opera" is not in "operators".
        short = {word for word in key_words if len(word) <= _SHORTEST_ROOT and word in words}
        there = {word for word in short if any(word in _whole_stems(text) for text in texts)}
        supported = sum(weight(word) for word in key_words if (word in there if word in short else _known(word, known)))
        if whole and supported / whole < TAG_SHARE and not _on_topic(tag, known):
            message = "Neither the source, nor the take, nor an article offered or linked supports this tag."
            hit = Hit(message, "tags", start, end)
            yield unless_elsewhere(case, hit, unclear(case))


@cache
def _topics() -> dict[str, frozenset[str]]:
    """The stems of words typical of stories on a topic, which often don't name it."""
    rows = (files("ourtake.checks") / "data" / "topics.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return {topic: frozenset(stems(listed.split())) for topic, _, listed in (row.partition("\t") for row in rows)}


def _on_topic(tag: str, stems: list[frozenset[str]]) -> bool:
    """Whether the texts have several words typical of a tag: a story about councils is about "local government"."""
    listed = _topics().get(normalise(tag).lstrip("#").replace("-", " "), frozenset())
    found: set[str] = set()
    for one in stems if listed else ():
        found |= listed & one
        if len(found) >= TOPIC_WORDS:
            return True
    return False


def _short_form(tag: str, words: tuple[str, ...], *, texts: Sequence[str]) -> bool:
    """Whether the texts have the tag's initials ("artificial intelligence", AI), or its words where the tag is
    initials, or the tag run together.
    """
    if len(words) > 1:
        initials, together = "".join(word[0] for word in words).upper(), "".join(words)
        alone = re.compile(rf"\b{re.escape(initials)}s?\b")
        return any(initials in text and alone.search(text) for text in texts) or any(
            together in tokenize(text).words for text in texts
        )
    if tag.isupper() and 2 <= len(tag) <= 5:
        spelt = re.compile(
            r"\b" + r"[\w'\u2019]*\W+(?:(?:of|the|and|for)\W+)?".join(re.escape(letter) for letter in tag) + r"\w+",
            re.IGNORECASE,
        )
        return any(spelt.search(text) for text in texts)
    parts = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", tag)
    return len(parts) > 1 and any(
        " ".join(part.casefold() for part in parts) in tokenize(text).joined for text in texts
    )


def tag_not_in_vocabulary(case: Case) -> Iterator[Hit]:
    """TOP004."""
    allowed = {normalise(name): name for name in case.settings.topic.vocabulary}
    if not allowed:
        return
    for tag, start, end in _tag_spans(case):
        if normalise(tag).lstrip("#") not in allowed:
            near = difflib.get_close_matches(normalise(tag), allowed, 1, 0.6)
            hint = f"; the nearest in it is {allowed[near[0]]}" if near else ""
            yield Hit(f"This tag is not in the publication's vocabulary{hint}.", "tags", start, end)


_BREAD = (
    "Bread is a matter of patience. Flour, salt and water are left overnight in a cool bowl, and by morning the dough "
    "has doubled, smells faintly of apples and springs back under a floured thumb. Fold it gently, rest it beneath "
    "linen, then slash the crust with a razor before sliding the loaf on hot stone. Steam keeps the skin supple while "
    "the crumb opens. Rye takes longer and wants a sourer starter; spelt tears if it is kneaded roughly. Butter "
    "forgives everything."
)
_WHOLE_TEXTS = tuple(item.model_copy(update={"text": f"{item.text} {' '.join(PARAGRAPHS)}"}) for item in RELATED)
RULES = (
    Rule("TOP001", "off-topic-paragraph", "warning",
         "A paragraph that shares little with the source, the articles offered and the take's own headline, summary "
         "and tags.",
         "Come back to the story, or cut the paragraph.",
         Example(body="\n\n".join([*PARAGRAPHS, _BREAD]), related=_WHOLE_TEXTS), Example(related=_WHOLE_TEXTS),
         off_topic_paragraph, repair="call", languages=ENGLISH),
    Rule("TOP003", "tag-not-supported", "warning",
         "A tag whose content words appear neither in the source, nor in the take, nor in an article offered or "
         "linked. Several words typical of a common topic, such as \u201clocal government\u201d, support its tag.",
         "Remove the tag.",
         Example(tags=("electricity", "financial spreadsheets")), SOUND, tag_not_supported, languages=ENGLISH),
    Rule("TOP004", "tag-not-in-vocabulary", "warning",
         "A tag that is not in [topic] vocabulary, if the publication has one.",
         "Use the nearest tag from the vocabulary.",
         Example(tags=("electrical",), settings=Settings(topic=Topic(vocabulary=("electricity", "towns")))), SOUND,
         tag_not_in_vocabulary),
)  # fmt: skip
