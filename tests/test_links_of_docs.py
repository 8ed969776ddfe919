"""README, CONTRIBUTING and docs/: no link leads nowhere, and docs/README.md lists every page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
EXAMPLES = {"rules.md", "writing.md"}  # pages that show takes: a link there leads to a handle or an example's address


def prose(page: Path) -> str:
    """The page without its code blocks, quoted takes and code spans."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"^>.*$|`[^`\n]*`", "", text, flags=re.MULTILINE)


def heading_ids(page: Path) -> set[str]:
    """The ids that GitHub gives the headings of a page."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def dead_links(page: Path) -> list[str]:
    """The links of a page to a file or heading that doesn't exist, and the names of pages that don't exist."""
    dead = []
    for target in re.findall(r"\]\((?!https?:|mailto:)([^)\s]+)\)", prose(page)):
        name, _, heading = target.partition("#")
        file = page.parent / name if name else page
        if not file.exists() or (heading and heading not in heading_ids(file)):
            dead.append(target)
    named = re.findall(r"\bdocs/[\w-]+\.md\b", page.read_text(encoding="utf-8"))
    return dead + [name for name in named if not (ROOT / name).exists()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_has_no_dead_link(page: Path) -> None:
    dead = dead_links(page)
    if page.name in EXAMPLES:
        dead = [target for target in dead if target.endswith(".md")]
    assert not dead


def test_a_dead_link_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A page\n\n[a](#a-page) [b](#nothing) [c](missing.md) [d](page.md#a-page) docs/nothing.md\n")
    assert dead_links(page) == ["#nothing", "missing.md", "docs/nothing.md"]


def test_the_index_lists_every_page() -> None:
    index = ROOT / "docs" / "README.md"
    listed = re.findall(r"\]\(([\w-]+\.md)\)", index.read_text(encoding="utf-8"))
    assert sorted(listed) == sorted(page.name for page in index.parent.glob("*.md") if page != index)


def test_a_page_named_in_the_code_exists() -> None:
    """intake/ is left out: it names files of other people's sites."""
    named = {
        (path.relative_to(ROOT), name)
        for folder in ("src", "evals", "prompts", "benchmarks", "examples")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".jinja", ".toml", ".html", ".md", ".yml"} and "intake" not in path.parts
        for name in re.findall(r"(?<![\w/])docs/[\w-]+\.md\b", path.read_text(encoding="utf-8"))
    }
    assert named
    assert [(path, name) for path, name in sorted(named) if not (ROOT / name).exists()] == []
