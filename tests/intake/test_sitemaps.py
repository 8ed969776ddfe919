"""Sitemaps: nested, packed, in circles, without end."""

from __future__ import annotations

import pytest

from ourtake.intake.items import Listed, Reject
from ourtake.intake.sitemaps import Limits, listed_pages
from tests.intake.site import sitemap

P = "https://paper.example"


def listed(
    lists: dict[str, str | bytes], first: str, *, pages: int = 1000, site: str = ""
) -> tuple[list[str], list[Reject], list[str]]:
    fetched: list[str] = []

    def fetch(url: str) -> bytes:
        fetched.append(url)
        found = lists[url]
        return found if isinstance(found, bytes) else found.encode()

    found = list(listed_pages(fetch(first), name=first, site=site, fetch=fetch, limits=Limits(pages, 1_000_000)))
    return (
        [one.url for one in found if isinstance(one, Listed)],
        [one for one in found if isinstance(one, Reject)],
        fetched,
    )


def test_nested_and_packed_sitemaps() -> None:
    import gzip

    lists: dict[str, str | bytes] = {
        f"{P}/index.xml": sitemap(f"{P}/a.xml", "/b.xml.gz", kind="sitemap"),
        f"{P}/a.xml": sitemap(f"{P}/1", f"{P}/2", f"{P}/1"),
        f"{P}/b.xml.gz": gzip.compress(sitemap(f"{P}/3?a=1&amp;b=2").encode()),
    }
    pages, rejects, _ = listed(lists, f"{P}/index.xml")
    assert pages == [f"{P}/1", f"{P}/2", f"{P}/3?a=1&b=2"] and rejects == []


def test_sitemaps_that_list_themselves_and_each_other() -> None:
    lists: dict[str, str | bytes] = {
        f"{P}/index.xml": sitemap(f"{P}/index.xml", f"{P}/b.xml", kind="sitemap"),
        f"{P}/b.xml": sitemap(f"{P}/index.xml", f"{P}/b.xml", f"{P}/c.xml", kind="sitemap"),
        f"{P}/c.xml": sitemap(f"{P}/1"),
    }
    pages, rejects, fetched = listed(lists, f"{P}/index.xml")
    assert pages == [f"{P}/1"] and sorted(fetched) == sorted(lists)
    assert len(rejects) == 3 and all("already read" in reject.reason and not reject.broken for reject in rejects)


def test_a_ladder_of_sitemaps_ends() -> None:
    lists: dict[str, str | bytes] = {f"{P}/{n}.xml": sitemap(f"{P}/{n + 1}.xml", kind="sitemap") for n in range(50)}
    pages, rejects, fetched = listed(lists, f"{P}/0.xml")
    assert pages == [] and len(fetched) == 4 and "too deep" in rejects[0].reason


def test_limits_and_strangers_of_a_sitemap() -> None:
    pages, rejects, _ = listed({f"{P}/s.xml": sitemap(*(f"{P}/{n}" for n in range(50)))}, f"{P}/s.xml", pages=10)
    assert len(pages) == 10 and "max_pages" in rejects[0].reason
    page = sitemap("https://elsewhere.example/1", "https://www.paper.example/2", "https://sister.example/3", "nowhere")
    pages, rejects, _ = listed({f"{P}/s.xml": page}, f"{P}/s.xml", site="https://sister.example/")
    assert pages == ["https://www.paper.example/2", "https://sister.example/3", f"{P}/nowhere"]
    assert "on a different site" in rejects[0].reason


@pytest.mark.parametrize(
    ("body", "said"), [("<html>no</html>", "not a sitemap"), (b"\x1f\x8bbroken", "damaged"), ("", "not a sitemap")]
)
def test_what_is_no_sitemap(body: str | bytes, said: str) -> None:
    pages, rejects, _ = listed({f"{P}/s.xml": body}, f"{P}/s.xml")
    assert pages == [] and said in rejects[0].reason


def test_a_sitemap_of_lines() -> None:
    pages, rejects, _ = listed({f"{P}/s.txt": f"{P}/1\n\nnowhere\n{P}/2\n"}, f"{P}/s.txt")
    assert pages == [f"{P}/1", f"{P}/2"] and "line 3" in rejects[0].where
