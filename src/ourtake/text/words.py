"""Words as a reader sees them, texts folded for comparison, addresses folded to one form."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from ourtake.text.parsed import kept, pieces

_WORD = re.compile(r"[^\W_](?:[\w'\u2019.,\-\u2011/&%]*[^\W_])?")
_AFTER_WORDS = ".,;:!?)\"'\u201d\u2019"
_TARGET = re.compile(r"\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*\)")
_PLAIN = (
    ("\u2018", "'"),
    ("\u2019", "'"),
    ("\u201a", "'"),
    ("\u201c", '"'),
    ("\u201d", '"'),
    ("\u201e", '"'),
    ("\u2013", "-"),
    ("\u2014", "-"),
    ("\u2011", "-"),
    ("\u00a0", " "),
)
PLAIN_ADDRESS = re.compile(r"https?://(?:www\.)?([a-z0-9\-]+(?:\.[a-z0-9\-]+)*(?:/[A-Za-z0-9_.~%/\-]*)?)", re.ASCII)
"""Addresses without query, port, fragment or capitals in the host: most of them, and nothing in them needs to be taken
apart.
"""

_TRACKING = re.compile(
    # Campaigns and shares of the large platforms, mail senders and analytics; each names a visitor or a campaign, never
    # a page.
    r"utm_\w+|utm-\w+|mtm_\w+|pk_\w+|piwik_\w+|matomo_\w+|hsa_\w+|_hs\w+|vero_\w+|oly_\w+|__s|_ga|_gl"
    r"|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|ysclid|twclid|ttclid|igshid|igsh|li_fat_id|epik|rdt_cid|"
    r"srsltid"
    r"|fb_(?:action_ids|action_types|source|ref)|mc_cid|mc_eid|mkt_tok|ml_subscriber\w*|ck_subscriber_id|_openstat|"
    r"wickedid|s_cid|s_kwcid"
    r"|ref_src|ref_url|smid|cmpid|ncid|wt_mc|wt\.mc_id|at_(?:campaign|medium|custom\d*)|guccounter|guce_referrer\w*",
    re.IGNORECASE,
)


def words(text: str) -> list[str]:
    """The words of a text, in order; a hyphenated word, a number with its separators and a contraction are one."""
    found: list[str] = []
    # No word goes over white space, and between it is mostly one that needs no pattern: that takes half the time.
    for piece in text.split():
        plain = piece if piece.isalnum() else piece.rstrip(_AFTER_WORDS)
        if plain.isalnum():
            found.append(plain)
        else:
            found += _WORD.findall(plain)
    return found


@kept
def count_words(markdown: str) -> int:
    """How many words a reader sees: link targets don't count."""
    if "\n\n" in markdown:
        # No word and no target goes over a line, and paragraphs are asked about one by one, too.
        return sum(count_words(piece) for _, piece in pieces(markdown))
    return len(words(_TARGET.sub("]", markdown) if "](" in markdown else markdown))


@kept
def straight(text: str) -> str:
    """The text with straight quotation marks and dashes, and plain spaces; as long as it was."""
    return _straight(text)


def _straight(text: str) -> str:
    if not text.isascii():
        # Ten searches for a letter are faster than a table that is asked about each letter.
        for sign, plain in _PLAIN:
            text = text.replace(sign, plain)
    return text


@kept
def normalise(text: str) -> str:
    """The text without its typography: case folded, straight quotes and dashes, single spaces."""
    return " ".join(_straight(text).casefold().split())


def host_of(url: str) -> str:
    """The host of an address, "www." left out; nothing where it can't be read."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def canonical_url(url: str) -> str:
    """One form of an address: https for http, host in lower case without "www.", no tracking parameters, fragment or
    trailing slash. It is compared, never opened: a server may answer at only one of the addresses that share it.

    An address that can't be read comes back stripped and otherwise as it was.
    """
    text = url.strip()
    if plain := PLAIN_ADDRESS.fullmatch(text):
        return f"https://{plain[1]}".rstrip("/")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return text
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        return text
    query = _without_tracking(parts.query) if parts.query else ""
    name = parts.hostname.lower().removesuffix(".").removeprefix("www.")
    host = name + (f":{port}" if port not in (None, 80, 443) else "")
    return urlunsplit(("https", host, parts.path.rstrip("/"), query, ""))


_AMP_PATH = re.compile(r"/amp\Z|/amp\.html?\Z|\.amp(?=\.html?\Z)|\A/amp(?=/.)", re.IGNORECASE)
_AMP_QUERY = re.compile(r"(?:amp(?:=(?:1|true)?)?|outputtype=amp)", re.IGNORECASE)


def amp_original(canonical: str) -> str | None:
    """The canonical address of the page that an AMP copy is of, by the usual forms of such addresses (/amp, ?amp=1,
    amp.host); None for any other address.
    """
    if "amp" not in canonical.lower():
        return None
    parts = urlsplit(canonical)
    query = "&".join(one for one in parts.query.split("&") if one and not _AMP_QUERY.fullmatch(one))
    host, path = parts.netloc.removeprefix("amp."), _AMP_PATH.sub("", parts.path)
    found = urlunsplit((parts.scheme, host, path.rstrip("/"), query, ""))
    return found if found != canonical and path.strip("/") else None


def _without_tracking(query: str) -> str:
    return urlencode(
        [(key, value) for key, value in parse_qsl(query, keep_blank_values=True) if not _TRACKING.fullmatch(key)]
    )
