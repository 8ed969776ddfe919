"""A folder of Markdown whose builder is not known: the address that its front matter gives, else folder/name/."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ourtake.intake.sites.base import (
    ADDRESS_KEYS,
    DATED,
    Post,
    Site,
    aliases_of,
    day_of_name,
    given,
    split_language,
    stem,
)
from ourtake.intake.sites.custom import values_of
from ourtake.intake.sites.permalink import filled

_LANGUAGES = frozenset(
    "ar cs da de el en es fa fi fr he hi hu id it ja ko nb nl nn no pl pt ro ru sv tr uk vi zh".split()
)


class PlainSite(Site):
    """See sites/base.py."""

    def post(self, file: Path, front: dict[str, Any], title: str) -> Post:
        """The post of a file."""
        language = str(front.get("lang") or split_language(stem(file), _LANGUAGES)[1])
        return Post(file, front, _path(file, front), aliases_of(front), day_of_name(stem(file)), language)


def _path(file: Path, front: dict[str, Any]) -> str:
    name, language = split_language(stem(file), _LANGUAGES)
    own = next((str(value).strip() for value in given(front, ADDRESS_KEYS)), "")
    if "{{" in own or "{%" in own:
        own = ""  # a template, whose result only the site's own builder knows
    elif own.startswith("/") and ":" in own:
        own = filled(own, values_of(Post(file, front), str(front.get("title") or ""))) or ""
    if own.startswith(("http://", "https://")) or (own.startswith("/") and ":" not in own):
        return own
    parts = file.parent.parts
    # What comes before Hugo's and Astro's content/, and Jekyll's _posts, is not part of an address.
    parts = parts[parts.index("content") + 1 :] if "content" in parts else parts
    folder = f"{language}/" * bool(language) + "".join(f"{part}/" for part in parts if part != "_posts")
    if name == "index" and folder and not own:
        return f"/{folder}"
    dated = DATED.fullmatch(name) if day_of_name(name) else None
    if own and "/" in own and ":" not in own:
        return f"/{own}"
    last = own if own and ":" not in own else dated[4] if dated else name
    # Jekyll's own default for a dated file; the others serve folder/name/.
    year, month, day = (day_of_name(name) or "--").split("-")
    return f"/{year}/{month}/{day}/{last}/" if dated and dated[4] and not own else f"/{folder}{last}/"
