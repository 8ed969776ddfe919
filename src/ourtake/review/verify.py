"""Whether a file or page is what somebody signed: exactly, in the same words, or not, and where it first differs.

A site may change typography: straight quotation marks into curly ones, two hyphens into a dash, three full stops into
an ellipsis. Those count as the same words. Anything else is a difference: a digit, a comma, a link's target.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from urllib.parse import urljoin

from ourtake.documents import Document, Draft, Take
from ourtake.errors import BadSeal, InputError
from ourtake.review.diff import segments
from ourtake.review.envelope import opened
from ourtake.review.states import CLOSED
from ourtake.store.acts import Act, broken_at
from ourtake.text.counts import count_of
from ourtake.text.markdown import Link, links, rewritten, visible
from ourtake.text.words import canonical_url

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Result = Literal["exact", "same words", "different"]

_TYPOGRAPHY = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032`\u00b4", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        **dict.fromkeys("\u00a0\u2002\u2003\u2007\u2009\u202f", " "),
        **dict.fromkeys("\u00ad\u200b\u2060\ufeff", None),
        "\u2026": "...",
        "\u00d7": "x",
    }
)
_BLOCKS = frozenset(
    "address article aside blockquote body dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 "
    "h6 header hr li main nav ol p pre section summary table tbody td tfoot th thead tr ul title".split()
)
_UNSEEN = frozenset("script style noscript template svg iframe textarea select".split())
_AROUND = 40


class Difference(Document):
    """Where a text first differs from what was signed: in which part, and the words of each around that place."""

    where: str
    signed: str
    found: str


class Verified(Document):
    """What a verification found. `acts`: how many acts the record counts; `chain`: whether they were compared with the
    store's. `notes`: what a reader should know besides.
    """

    result: Result
    difference: Difference | None = None
    draft: str
    revision: int
    signed: tuple[tuple[str, str], ...]
    acts: int
    chain: Literal["whole", "not compared"]
    notes: tuple[str, ...] = ()


class PageBlock(NamedTuple):
    """A paragraph of a page as readers see it, with the words and targets of its links."""

    text: str
    links: tuple[tuple[str, str], ...] = ()


def verify(
    text: str,
    envelope: str,
    trusted: Mapping[str, Ed25519PublicKey],
    *,
    chain: Sequence[Act] | None = None,
    draft: Draft | None = None,
    base: str = "",
) -> Verified:
    """Compare a file's or page's text with the record of a sign-off. Raises BadSeal, InputError.

    `chain`: the acts that the store has, if there is one. `draft`: the draft as it is there now. `base`: the page's
    address.
    """
    predicate = opened(envelope, trusted)["predicate"]
    if chain is not None:
        _compare_chain(predicate["acts"], chain)
    signed = Take.model_validate(predicate["take"])
    result, difference = compared(signed, text, base=base)
    notes = [] if draft is None else list(_since(draft, predicate["revision"]))
    notes.append(str(predicate["clock"]))
    notes += [
        f"The record does not say what {one['by']} knows about the subject."
        for one in predicate["responsible"]
        if not one.get("knowledge")
    ]
    return Verified(
        result=result,
        difference=difference,
        draft=predicate["draft"],
        revision=predicate["revision"],
        signed=tuple((one["by"], one["at"]) for one in predicate["responsible"]),
        acts=predicate["acts"]["count"],
        chain="not compared" if chain is None else "whole",
        notes=tuple(notes),
    )


def _since(draft: Draft, revision: int) -> Iterator[str]:
    """What happened to a draft after it was signed that whoever relies on the sign-off has to know."""
    review = draft.review
    if review is not None and review.state in CLOSED | {"reopened"}:
        yield f"The draft was {review.state} on {review.since[:10]} by {review.by}: this sign-off no longer applies."
    if draft.chosen != revision:
        yield f"The draft was changed after this sign-off: revision {draft.chosen} is the current one."


def _compare_chain(sealed: Mapping[str, Any], chain: Sequence[Act]) -> None:
    do = "Restore the store from a backup, and find out who changed it."
    broken = broken_at(chain)
    if broken is not None:
        raise BadSeal(f"The draft's history was changed: act {broken} does not follow from the one before.", do)
    count = sealed["count"]
    if len(chain) < count:
        raise BadSeal(
            f"The draft's history is cut: the record counts {count_of(count, 'act')}, the store has {len(chain)}.", do
        )
    if chain[count - 1].digest != sealed["head"]:
        raise BadSeal(f"The draft's history was changed: act {count} is not the sign-off that was sealed.", do)


def compared(signed: Take, text: str, *, base: str = "") -> tuple[Result, Difference | None]:
    """How a text (a take as Markdown or JSON, or a page) compares with a take, and where it first differs."""
    found = _take_of(text)
    if found is not None:
        return _worst(_fields(signed, found))
    given = _json(text)
    if given is None and not re.search(r"<[a-zA-Z!/]", text):
        raise InputError("The file is neither a take nor a page.", "Name an export, a web page, or its address.")
    pages = [text] if given is None else map(_as_html, _strings(given))
    blocks = [block for page in pages for block in page_blocks(page, base)]
    if given is not None and not any(block.links for block in blocks):
        # Plain text with its links in a list of their own, as schema.org has it.
        return _worst(_plain(signed, blocks, {canonical_url(one) for one in _strings(given)}))
    return _worst(_page(signed, blocks))


_One = tuple[Result, Difference | None]


def _worst(parts: Iterator[_One]) -> _One:
    """The first difference; else "same words" where a part is not exact."""
    result: Result = "exact"
    for one, difference in parts:
        if one == "different":
            return one, difference
        result = "same words" if one == "same words" else result
    return result, None


def _texts(where: str, signed: str, found: str) -> _One:
    ours, theirs = " ".join(signed.split()), " ".join(found.split())
    if ours == theirs:
        return "exact", None
    if plain_typography(ours) == plain_typography(theirs):
        return "same words", None
    return "different", _first_difference(where, ours, theirs)


def plain_typography(text: str) -> str:
    """The text as typed on a plain keyboard: what a site's typography may change is the same afterwards."""
    return " ".join(re.sub(r"-+", "-", text.translate(_TYPOGRAPHY)).split())


def _first_difference(where: str, signed: str, found: str) -> Difference:
    parts = segments(plain_typography(signed), plain_typography(found))
    index = next((number for number, part in enumerate(parts) if part.kind != "same"), 0)
    changed = {"old": "", "new": ""}
    for part in parts[index : index + 2]:
        if part.kind != "same":
            changed[part.kind] += part.text
    before = "".join(part.text for part in parts[:index])[-_AROUND:]
    after = next((part.text for part in parts[index:] if part.kind == "same"), "")[:_AROUND]
    return Difference(
        where=where, signed=f"{before}{changed['old']}{after}".strip(), found=f"{before}{changed['new']}{after}".strip()
    )


def _fields(signed: Take, found: Take) -> Iterator[_One]:
    yield _texts("headline", signed.headline, found.headline)
    yield _texts("summary", _published(signed.summary), _published(found.summary))
    ours, theirs = (re.split(r"\n\s*\n", _published(take.body).strip()) for take in (signed, found))
    for number in range(max(len(ours), len(theirs))):
        pair = [part[number] if number < len(part) else "" for part in (ours, theirs)]
        yield _texts(f"body, paragraph {number + 1}", *pair)
    yield _texts("tags", ", ".join(signed.tags), ", ".join(found.tags))


def _published(text: str) -> str:
    """As it is published: a link that leads nowhere on the web is only words."""

    def change(link: Link) -> str:
        web = not link.image and re.match(r"https?://", link.target)
        return f"[{link.anchor}]({link.target})" if web else visible(link.anchor)

    return rewritten(text, change)


def _take_of(text: str) -> Take | None:
    """The take of published Markdown, of a draft's or take's JSON; None for anything else."""
    from ourtake.intake.files import yaml_table

    match = re.match(r"\A\ufeff?---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)(.*)\Z", text.replace("\r\n", "\n"), re.DOTALL)
    if match:
        front = yaml_table(match[1], "the file", first_line=2)
        tags = front.get("tags") if isinstance(front.get("tags"), list | str) else ()
        title, summary = str(front.get("title") or ""), str(front.get("summary") or "")
        return Take(headline=title, summary=summary, body=match[2].strip("\n"), tags=tags)
    given = _json(text)
    if not isinstance(given, dict):
        return None
    if isinstance(given.get("revisions"), list):
        rows = [one for one in given["revisions"] if isinstance(one, dict)]
        given = next((one for one in rows if one.get("number") == given.get("chosen", 1)), {})
    take = given.get("take", given)
    if not isinstance(take, dict) or not {"headline", "summary", "body"} <= take.keys():
        return None
    return Take.model_validate({name: take.get(name) for name in ("headline", "summary", "body", "tags")})


def _json(text: str) -> Any:
    try:
        return json.loads(text) if text.lstrip()[:1] in ("{", "[") else None
    except (ValueError, RecursionError):
        return None


def _as_html(text: str) -> str:
    if re.search(r"<[a-zA-Z/]", text):
        return text
    return "".join(f"<p>{html.escape(part)}</p>" for part in re.split(r"\n\s*\n", text))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _strings(one)


def page_blocks(page: str, base: str = "") -> list[PageBlock]:
    """The paragraphs of an HTML page in order, as readers see them."""
    from lxml import html as lxml_html

    if not page.strip():
        return []
    found: list[PageBlock] = []
    words: list[str] = []
    anchors: list[tuple[str, str]] = []

    def end() -> None:
        text = " ".join("".join(words).split())
        if text:
            found.append(PageBlock(text, tuple(anchors)))
        words.clear()
        anchors.clear()

    def walk(element: Any) -> None:
        name = element.tag if isinstance(element.tag, str) else None
        if name is not None and name not in _UNSEEN and element.get("hidden") is None:
            block = name in _BLOCKS
            if block:
                end()
            if name == "br":
                words.append(" ")
            if name == "a" and element.get("href"):
                anchors.append((" ".join(element.text_content().split()), urljoin(base, element.get("href"))))
            words.append(element.text or "")
            for child in element:
                walk(child)
            if block:
                end()
        words.append(element.tail or "")

    walk(lxml_html.document_fromstring(page))
    end()
    return found


def _signed_blocks(text: str) -> list[PageBlock]:
    from markdown_it import MarkdownIt

    return page_blocks(MarkdownIt("commonmark", {"html": False}).enable("table").render(_published(text)))


def _page(signed: Take, blocks: list[PageBlock]) -> Iterator[_One]:
    """A page holds more than the take: the headline and the summary are somewhere in it, the body in one piece."""
    if not blocks:
        raise InputError("The page has no text.", "Name the page that readers see.")
    yield _somewhere("headline", PageBlock(signed.headline), blocks)
    for block in _signed_blocks(signed.summary):
        yield _somewhere("summary", block, blocks)
    body = _signed_blocks(signed.body)
    first = _place(body[0], blocks) if body else 0
    for number, block in enumerate(body):
        there = blocks[first + number] if first + number < len(blocks) else PageBlock("")
        yield _block(f"body, paragraph {number + 1}", block, there)


def _place(wanted: PageBlock, blocks: list[PageBlock]) -> int:
    """The index of the block that is most like the wanted one; of equal ones the last, which is not a teaser."""
    key = plain_typography(wanted.text)
    same = [number for number, block in enumerate(blocks) if plain_typography(block.text) == key]
    if same:
        return same[-1]
    words = key.split()
    return max(
        range(len(blocks)),
        key=lambda at: SequenceMatcher(None, words, plain_typography(blocks[at].text).split(), autojunk=False).ratio(),
    )


def _plain(signed: Take, blocks: list[PageBlock], addresses: Collection[str]) -> Iterator[_One]:
    """The words without links, then the target of each link, which has to be among the addresses."""
    summary, body = _published(signed.summary), _published(signed.body)
    bare = {"summary": visible(summary), "body": rewritten(body, lambda link: visible(link.anchor))}
    yield from _page(signed.model_copy(update=bare), blocks)
    for number, link in enumerate((*links(summary), *links(body)), 1):
        if canonical_url(link.target) not in addresses:
            yield "different", Difference(where=f"link {number}", signed=link.target, found="")


def _somewhere(where: str, wanted: PageBlock, blocks: list[PageBlock]) -> _One:
    if any(block.text == " ".join(wanted.text.split()) for block in blocks) and not wanted.links:
        return "exact", None
    return _block(where, wanted, blocks[_place(wanted, blocks)])


def _block(where: str, signed: PageBlock, found: PageBlock) -> _One:
    text = _texts(where, signed.text, found.text)
    if text[0] == "different":
        return text
    for number in range(max(len(signed.links), len(found.links))):
        ours, theirs = (part.links[number] if number < len(part.links) else ("", "") for part in (signed, found))
        if canonical_url(ours[1]) != canonical_url(theirs[1]):
            told = [f"[{words}]({target})" if target else "no link" for words, target in (ours, theirs)]
            return "different", Difference(where=f"{where}, link {number + 1}", signed=told[0], found=told[1])
    return text
