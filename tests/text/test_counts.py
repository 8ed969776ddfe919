"""Numbers with their nouns, and that every text which counts something uses the one helper for it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import ourtake
from ourtake.text.counts import count_of

SOURCES = Path(ourtake.__file__).parent
NOUNS = (
    "acts angles answers articles calls cases cells changes claims drafts edits errors facts files findings keys links "
    "matches metrics models notes opinions pages pairs paragraphs picks pieces prompts proposals questions repairs "
    "repeats requests results revisions rewrites samples sentences tags topics vectors warnings"
)
COUNTED = re.compile(rf" (?!(?:has|of|for|in|small) )(?:[a-z][a-z-]* )?(?:{NOUNS.replace(' ', '|')})\b")
"""What commands count, after a number."""


@pytest.mark.parametrize(
    ("number", "words", "said"),
    [
        (0, ("error",), "0 errors"),
        (1, ("error",), "1 error"),
        (2, ("match",), "2 matches"),
        (2, ("query",), "2 queries"),
        (2, ("day",), "2 days"),
        (1, ("person", "people"), "1 person"),
        (3, ("page was", "pages were"), "3 pages were"),
        (12_345, ("article",), "12,345 articles"),
        (1.0, ("second",), "1 second"),
        (0.5, ("second",), "0.5 seconds"),
    ],
)
def test_a_number_with_its_noun(number: float, words: tuple[str, ...], said: str) -> None:
    assert count_of(number, *words) == said


def uncounted(tree: ast.AST) -> Iterator[str]:
    """The f-strings in which a value that is not a constant is followed by a noun in the plural."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.JoinedStr):
            continue
        for value, text in zip(node.values, node.values[1:], strict=False):
            if not (isinstance(value, ast.FormattedValue) and isinstance(text, ast.Constant)):
                continue
            named = ast.unparse(value.value)
            if (
                COUNTED.match(str(text.value))
                and not named.isupper()
                and not re.match(r"count_of|name|code|join|part|needed|done.certainty", named)
            ):
                yield f"{named}{text.value!s}"


def test_no_text_writes_a_plural_beside_a_number_by_hand() -> None:
    assert list(uncounted(ast.parse('f"{len(found)} drafts"'))) == ["len(found) drafts"]
    found = {
        f"{path.relative_to(SOURCES)}: {text}"
        for path in SOURCES.rglob("*.py")
        for text in uncounted(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert found == set()


def test_no_page_writes_a_plural_beside_a_number_by_hand() -> None:
    pages = [*SOURCES.rglob("*.jinja"), *SOURCES.rglob("*.js")]
    found = {
        f"{path.name}: {text[0]}"
        for path in pages
        for text in re.finditer(r"\}\}?" + COUNTED.pattern, path.read_text(encoding="utf-8"))
    }
    assert len(pages) > 10 and found == set()
