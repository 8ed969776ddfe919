"""A killed import goes on and ends with each article once; `python -m tests.intake.killing` is the same with 500 pages
and ten kills.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.intake.killing import run_killed


@pytest.mark.parametrize("kind", ["sitemap", "feed"])
def test_each_article_once_whenever_it_is_killed(tmp_path: Path, kind: str) -> None:
    found = run_killed(tmp_path, pages=120, kills=3, seed=11, kind=kind)
    assert found.kills == 3
    assert (found.articles, found.distinct) == (120, 120)
    assert found.wrongly == 0 and found.again <= 3 * 11, found
