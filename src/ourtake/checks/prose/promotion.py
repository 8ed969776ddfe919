"""TOP002: sentences that sell.

A publication may mention its own reporting ("we wrote", "our account of it"). The patterns look for a product, an
offer, or the need for a kind of product that somebody sells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ourtake.checks.absence import unclear, unless_elsewhere
from ourtake.checks.base import ENGLISH, PROSE, Case, Hit, Rule
from ourtake.checks.examples import SOUND, with_first
from ourtake.documents import SOURCE
from ourtake.text.overlaps import Spans
from ourtake.text.prefilter import Prefilter, rows
from ourtake.text.tokens import blanked, lowered, tokenize
from ourtake.text.words import normalise

_KIND = (
    r"(?:tools?|platforms?|solutions?|software|products?|apps?|systems?|services?|suites?|workspaces?|dashboards?|"
    r"spreadsheets?|toolkits?|technology|technologies)"
)
_OURS = (
    r"(?:platform|products?|apps?|tool(?:s|kit)?|software|solutions?|suite|services?|workspace|extension|plug-?in|"
    r"subscriptions?|customers?|clients|users"
    r"|webinars?|newsletters?|podcast|free trial|demo|sales team|pricing|technology|offering|team of experts)"
)
_OLD = (
    r"(?:traditional|conventional|legacy|outdated|manual|existing|old-school|static|siloed|generic|off-the-shelf|"
    r"standalone|fragmented|disconnected|rigid)"
)
_FAIL = (
    r"(?:struggles? to|falls? short|fails? to|can(?:no|['\u2019])t (?:keep|provide|offer|handle|scale|deliver|match)|"
    r"(?:are|is)(?:n['\u2019]t| not| no longer) (?:enough|sufficient|equipped|built|designed|up to)|lacks? the|"
    r"were(?:n['\u2019]t| not| never) (?:built|designed)|(?:don['\u2019]t|do not|simply don['\u2019]t) (?:scale|"
    r"provide|offer|cut))"
)
_OFFER = rows(
    "This offers something to the reader; it says nothing about the story.",
    ("sign up|signing up", r"\bsign(?:ing)? up (?:now|today|here|free|at|for (?:a |our |the |free|your|early))"),
    ("sign up|subscribe|newsletter|mailing list",
     r"(?:\A|(?<=[.!?:\u2026\n\u201d\"] )|(?<=\n))[*_]*(?:sign up|subscribe|join|"
     r"get)\b[^.!?\n]{0,30}\b(?:newsletter|mailing list|briefing|updates|alerts)\b"),
    ("share this", r"\bshare this (?:article|story|piece|post|take|page)\b(?: with| on|[.!])"),
    ("tickets", r"\b(?:get|buy|book|reserve|grab) your (?:free )?(?:tickets?|seats?|place)\b"),
    ("members|subscribers|readers|customers",
     r"\b(?:members|subscribers|readers|customers) (?:can )?(?:get|receive|save|enjoy|qualify for) (?:an? "
     r")?(?:extra |up to )?(?:\d+ ?(?:%|per ?cent)|[$\u00a3\u20ac]\d+|free|exclusive|early|unlimited)\b(?: (?:off|"
     r"discount|access|delivery|trial))?"),
    ("subscriber|member",
     r"(?:\A|(?<=[.!?\n] ))[*_]*(?:become|be) a (?:paid |paying |premium )?(?:subscriber|member|supporter|patron)\b"),
    ("sponsor|partner|advertiser",
     r"\bour (?:generous |kind )?(?:sponsors?|advertisers?|commercial partners?)\b|\bsponsored "
     r"by\b[^.!?\n]{0,40}\bour\b"),
    ("discount|off your",
     r"\b\d+ ?(?:%|per ?cent) off (?:your|our|an?|the) (?:\w+ ){0,2}(?:order|subscription|plan|membership|purchase|"
     r"ticket)\b"),
    ("don't miss|don\u2019t miss|order your|pre-order|buy now|shop now|act now",
     r"\b(?:don['\u2019]t miss out|order your copy|pre-order (?:now|your)|(?:buy|shop|act|order) now)\b"),
    ("subscribe", r"\bsubscribe (?:now|today|here|to (?:our|us|the newsletter|get|receive|stay|never))\b"),
    ("free",
     r"\b(?:start|begin|get|claim|try) (?:your|a|our|the) (?:\d+[- ]day )?free (?:trial|plan|account|demo)\b|\bfree "
     r"(?:\d+[- ]day )?trial\b"),
    ("try it", r"\btry it (?:free|for free|out today|today|now)\b"),
    ("demo|consult|call with",
     r"\b(?:book|schedule|request|arrange) (?:a|your) (?:free )?(?:demo|demonstration|consultation|call with)\b"),
    ("get started", r"\bget started (?:today|now|for free|with (?:us|our))\b"),
    ("contact|reach out|talk to",
     r"\b(?:contact|reach out to|talk to) (?:our (?:team|sales|experts)|us (?:today|now|to|for))\b"),
    ("visit our|explore our|check out our|discover our|try our|download our|browse our",
     r"\b(?:visit|explore|check out|discover|try|download|browse) our (?!own report|archive|report)\w+"),
    ("learn",
     r"\blearn (?:more )?(?:how|about how|what) (?:we|our) (?:\w+ )?(?:can|help|platform|tools?|product|team)\b"),
    ("offer", r"\b(?:limited[- ]time|special|exclusive) offer\b"),
    ("code ", r"\b(?:use|enter) (?:the )?(?:promo |discount |coupon )?code (?-i:[A-Z0-9]{3,})"),
    ("app store|google play", r"\bavailable (?:now )?(?:on|in) (?:the )?(?:app store|google play)\b"),
    ("no credit card", r"\bno credit card (?:is )?(?:required|needed)\b"),
    ("join the|join thousands|join hundreds|join millions|join more",
     r"\bjoin (?:the )?(?:thousands|hundreds|millions|more than [\d,]+) (?:of|who)\b"),
    ("upgrade to|switch to", r"\b(?:upgrade|switch) to (?:pro|premium|our)\b"),
    ("follow us", r"\bfollow us on\b"),
    ("sign up|subscribe|register",
     r"\b(?:can|should|may|please|simply|just|you could) (?:now )?(?:sign up|subscribe|register) (?:for|to|at|with|"
     r"here|now|today)\b"),
    ("month", r"\b(?:first|one|two|three) months? (?:is |are )?free\b"),
    ("for $|for \u00a3|for \u20ac|for just|for only|for as little",
     r"\bfor (?:just |only |as little as )[$\u00a3\u20ac]\d[\d.,]*(?: (?:a|per) (?:month|year|user|seat))?"),
    ("see the difference", r"\bsee the difference for yourself\b"),
    ("than a c", r"\b(?:less|cheaper) than a (?:cup of )?coffee\b"),
    ("save",
     r"\bsaves? (?:you |them |teams |users )?(?:hours|days|time and money)(?: of work)?(?: every| each| a) (?:week|"
     r"day|month)\b"),
    ("support", r"\bsupport around the clock\b|\b24/7 support\b"),
)  # fmt: skip
_OWN = rows(
    "The publisher talks about its own product.",
    ("ours",
     r"\b(?:tools?|platforms?|solutions?|products?|services?|software|apps?|companies|approaches|teams) (?:like|"
     r"such as) ours\b"),
    (" we can | we also | we now | we help | we offer| we provide| we build| we make | we give|here at ",
     r"\bat (?-i:[A-Z]\w+(?: [A-Z]\w+){0,3}),? we (?:(?:can|also|now) )?(?:help|offer|provide|build|make|give)\b|"
     r"\bhere at (?-i:[A-Z]\w+)"),
    ("our own |our new |our latest ",
     r"\bour (?:own|new|latest) (?-i:[A-Z]\w+(?: [A-Z]\w+)?) (?:makes?|helps?|lets?|gives?|offers?|does|can|solves?|"
     r"takes?|saves?|brings?|is (?:built|made|designed))\b"),
    ("we offer|we provide|we sell|we buil|we design|we develop|we creat|we launch|we make|help you",
     r"\bwe (?:offer|provide|sell|built|build|designed|developed|created|launched|make) (?:an?|the|our|\w+) (?:\w+[ "
     r"-]){0,3}"
     rf"{_KIND}\b|\b(?:we|our team) (?:can|will) help you\b"),
    ("with our help", r"\bwith our help\b"),
    ("why we",
     r"\b(?:that|this|which) is (?:exactly |precisely )?why we (?:created|built|made|developed|launched|designed)\b"),
    (" use ",
     r"\b(?:our|the) (?:users|customers|clients|teams) (?:who|that) use (?:it|them|us) (?:tell|say|report|love|"
     r"swear)|\bteams (?:who|that) use it\b"),
)  # fmt: skip
_OUR_PRODUCT = rows(
    "The publisher talks about its own product.",
    ("our ",
     rf"\bour (?:own )?(?:(?:ai|data|new|free|award-winning|powerful|leading|integrated|flagship|premium|paid|"
     rf"\w+-(?:powered|driven|based|native)) ){{0,2}}{_OURS}\b"),
    reads="begins",
)  # fmt: skip
_CATEGORY = rows(
    "A pitch for a kind of product.",
    (_OLD[3:-1],
     rf"\b{_OLD} (?:[\w-]+ ){{0,3}}?(?:{_KIND}|approach(?:es)?|methods?|workflows?|processes|techniques)\b"
     rf"[^.!?\n]{{0,80}}?\b{_FAIL}"),
    ("need for|demand for|case for|market for|appetite for",
     rf"\b(?:need|demand|case|market|appetite) for (?:an? |more |better )?(?:[\w-]+ ){{0,3}}{_KIND} (?:that|which|"
     rf"to|like|capable|designed|built)\b"),
    ("is where",
     rf"\b(?:this|that|which|here) is (?:exactly |precisely |just )?where (?:an? |the )?(?:[\w-]+ "
     rf"){{0,3}}(?:{_KIND}|(?-i:[A-Z])\w+) (?:comes? in|shines?|excels?|steps? in|can help|makes? (?:a|the|all))\b"),
    ("that's |that\u2019s ",
     r"\bthat['\u2019]s (?:exactly |precisely )?where (?:[\w-]+ ){1,4}(?:comes? in|shines?|excels?|steps? in)\b"),
    ("with the right", rf"\bwith the right {_KIND}\b"),
    ("invest",
     rf"\b(?:investing|invest) in (?:the right|a modern|a robust|a dedicated|an integrated|better|modern) "
     rf"(?:[\w-]+ ){{0,2}}{_KIND}\b"),
    ("modern|next-gen|all-in-one|end-to-end|ai-|cloud-based|integrated|unified|purpose-built|dedicated|collaborative",
     rf"\b(?:modern|next-generation|all-in-one|end-to-end|ai-powered|ai-native|cloud-based|integrated|unified|"
     rf"purpose-built|dedicated|collaborative) (?:[\w-]+ ){{0,2}}{_KIND} (?:can|offers?|provides?|makes?|gives?|"
     rf"lets?|allows?|enables?|helps?|empowers?|bridges?|is the|are the)\b"),
    ("to solve|for exactly|for just|for precisely|in mind",
     r"\b(?:was|is|were|are) (?:built|made|designed|created|developed) "
     r"(?:to solve|for (?:exactly|just|precisely) (?:this|that)|with (?:this|exactly this) in mind)\b"),
    ("single", r"\b(?:from|in|on) (?:a|one) single (?:dashboard|platform|workspace|screen|interface|pane)\b"),
    ("the sort of|the kind of",
     r"\bthe (?:sort|kind) of (?:problem|thing|job|work) that (?-i:[A-Z]\w+(?: [A-Z]\w+)*) (?:was|is)\b"),
    ("that empower|that enable|that allow|that let|that give|that help",
     rf"\b{_KIND} that (?:empowers?|enables?|allows?|lets?|gives?|helps?) (?:users|teams|people|readers|businesses|"
     rf"organi[sz]ations|you|companies|employees) (?:to )?\w+"),
)  # fmt: skip


_PITCHES = Prefilter(_OFFER, _OUR_PRODUCT, _OWN, _CATEGORY)


def _product_names(text: str, products: tuple[str, ...]) -> Iterator[tuple[int, int, str]]:
    """Where one of the publisher's own products is named: (start, end, message)."""
    for name in products:
        for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE):
            yield match.start(), match.end(), f"{name} is the publisher's own product, and the source does not name it."


def _named_after(text: str, publication: str) -> Iterator[tuple[int, int, str]]:
    """Where the publication's name begins the name of something else, as a product of its own has it."""
    if publication.strip() and publication in text:
        for match in re.finditer(rf"(?<!\w){re.escape(publication)} [A-Z]\w+", text):
            yield match.start(), match.end(), f"{match[0]} sounds like one of the publisher's own products."


def _pitches(text: str) -> Iterator[tuple[int, int, str]]:
    """Where a text reads like advertising: (start, end, message)."""
    for message, match in _PITCHES.matches(text, lower=lowered(text)):
        yield match.start(), match.end(), message


_ENTRY = re.compile(r"\bwhere (?:the )?([A-Z]\w+) (?:comes?|steps?) in\b")


def promotion(case: Case) -> Iterator[Hit]:
    """TOP002."""
    story = normalise(f"{case.source.title} {case.source.blurb} {case.source.text or ''}")
    products = tuple(name for name in case.settings.topic.products if name.strip() and normalise(name) not in story)
    publication = case.settings.publication.name if normalise(case.settings.publication.name) not in story else ""
    source = [one for one in unclear(case) if one.name == SOURCE]
    for field in PROSE:
        text = blanked(case.text(field))
        quoted = Spans((span.start, span.end) for span in case.quotations[field])
        taken: list[tuple[int, int]] = []
        # Only for a product's name does it matter whether the source has it.
        found = [(one, source) for one in (*_product_names(text, products), *_named_after(text, publication))]
        found += [(one, []) for one in _pitches(text)]
        for (start, end, message), absent in found:
            if quoted.covers(start, end) or _of_the_story(case, text[start:end]):
                continue
            if not any(begin < end and start < stop for begin, stop in taken):
                taken.append((start, end))
                yield unless_elsewhere(case, Hit(message, field, start, end), absent)


def _of_the_story(case: Case, pitch: str) -> bool:
    """Whether it is somebody from the documents who "comes in" or "steps in", and not a product of the publisher's."""
    entry = _ENTRY.search(pitch)
    return entry is not None and any(
        f" {entry[1].lower()} " in tokenize(document.text).joined for document in case.documents
    )


RULES = (
    Rule("TOP002", "promotion", "warning",
         "The publisher's own products ([topic] products) where the source does not name them, and sentences that "
         "read like advertising.",
         "Remove the promotion.",
         with_first("Sign up for our platform today."), SOUND, promotion, repair="call", languages=ENGLISH),
)  # fmt: skip
