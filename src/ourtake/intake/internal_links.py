"""Which links of a text lead to the publication's own pages."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit, urlunsplit

from ourtake.text.markdown import links
from ourtake.text.words import canonical_url

MOST_LINKS = 5_000
"""Links of one text that are looked at; reading them costs more than in proportion, and no article has that many."""


def bare_host(address: str) -> str:
    """The host with its port and without "www.", for asking whether two addresses are of one site."""
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").removeprefix("www.")
        return host if parts.port in (None, 80, 443) else f"{host}:{parts.port}"
    except ValueError:
        return ""


def inside_links(body: str, own: str, site: str) -> tuple[str, ...]:
    """Canonical addresses of the publication's own pages that a Markdown text links to, each once, in order.

    `own` is the text's own address, `site` the publication's. A link that differs from `own` only by "www." is written
    as `own` writes it.
    """
    if body.count("](") > MOST_LINKS:
        body = "](".join(body.split("](", MOST_LINKS)[:-1])
    hosts = {bare_host(own), bare_host(site)} - {""}
    mine, self_ = urlsplit(own).netloc, canonical_url(own)
    found: dict[str, None] = {}
    for link in links(body):
        if link.image or not link.target:
            continue
        try:
            target = urljoin(own, link.target)
            host = bare_host(target)
            if host not in hosts:
                continue
            parts = urlsplit(target)
            address = canonical_url(urlunsplit(parts._replace(netloc=mine)) if host == bare_host(own) else target)
        except ValueError:
            continue
        if address != self_:
            found[address] = None
    return tuple(found)
