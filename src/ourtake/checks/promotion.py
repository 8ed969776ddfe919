"""Sentences that sell: TOP002's names and patterns. Its table row is in topic.py.

A publication may speak of its own reporting ("we wrote", "our account of it"); what is looked for is a product, an offer, or the need for a kind
of product that somebody sells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_KIND = r"(?:tools?|platforms?|solutions?|software|products?|apps?|systems?|services?|suites?|workspaces?|dashboards?|spreadsheets?|toolkits?|technology|technologies)"
_OURS = (
    r"(?:platform|products?|apps?|tool(?:s|kit)?|software|solutions?|suite|services?|workspace|extension|plug-?in|subscriptions?|customers?|clients|users|webinars?"
    r"|newsletters?|podcast|free trial|demo|sales team|pricing|technology|offering|team of experts)"
)
_OFFER = re.compile(
    r"\b(?:sign(?:ing)? up (?:now|today|here|free|at|for (?:a |our |the |free|your|early))|subscribe (?:now|today|here|to (?:our|us|the newsletter|get|receive|stay|never))"
    r"|(?:start|begin|get|claim|try) (?:your|a|our|the) (?:\d+[- ]day )?free (?:trial|plan|account|demo)|free (?:\d+[- ]day )?trial|try it (?:free|for free|out today|today|now)"
    r"|(?:book|schedule|request|arrange) (?:a|your) (?:free )?(?:demo|demonstration|consultation|call with)|get started (?:today|now|for free|with (?:us|our))"
    r"|(?:contact|reach out to|talk to) (?:our (?:team|sales|experts)|us (?:today|now|to|for))|(?:visit|explore|check out|discover|try|download|browse) our (?!own report|archive)"
    r"|learn (?:more )?(?:how|about how|what) (?:we|our) (?:\w+ )?(?:can|help|platform|tools?|product|team)|(?:limited[- ]time|special|exclusive) offer|\d+ ?(?:%|per cent|percent) off\b"
    r"|(?:use|enter) (?:the )?(?:promo |discount |coupon )?code [A-Z0-9]{3,}|available (?:now )?(?:on|in) (?:the )?(?:app store|google play)|no credit card (?:is )?(?:required|needed)"
    r"|join (?:the )?(?:thousands|hundreds|millions|more than [\d,]+)(?: of)?|(?:upgrade|switch) to (?:pro|premium|our)|follow us on)\b",
    re.IGNORECASE,
)
_OWN = re.compile(
    rf"\b(?:tools?|platforms?|solutions?|products?|services?|software|apps?|companies|approaches|teams) (?:like|such as) ours\b"
    rf"|\bour (?:own )?(?:(?:ai|data|new|free|award-winning|powerful|leading|integrated|flagship|premium|paid|\w+-(?:powered|driven|based|native)) ){{0,2}}{_OURS}"
    r"\b|\b(?:here at|at) [A-Z]\w+,? we (?:help|offer|provide|build|make|believe|give)\b|\bwe (?:offer|provide|sell|built|build|designed|developed|created|launched|make) "
    rf"(?:an?|the|our|\w+) (?:\w+[ -]){{0,3}}{_KIND}\b|\b(?:we|our team) (?:can|will) help you\b|\bwith our help\b",
    re.IGNORECASE,
)
_OLD = r"(?:traditional|conventional|legacy|outdated|manual|existing|old-school|static|siloed|generic|off-the-shelf|standalone|fragmented|disconnected|rigid)"
_FAIL = (
    r"(?:struggles? to|falls? short|fails? to|can(?:no|['\u2019])t (?:keep|provide|offer|handle|scale|deliver|match)|(?:are|is)(?:n['\u2019]t| not| no longer) (?:enough|sufficient|equipped"
    r"|built|designed|up to)|lacks? the|were(?:n['\u2019]t| not| never) (?:built|designed)|(?:don['\u2019]t|do not|simply don['\u2019]t) (?:scale|provide|offer|cut))"
)
_CATEGORY = re.compile(
    rf"\b{_OLD} (?:[\w-]+ ){{0,3}}?(?:{_KIND}|approach(?:es)?|methods?|workflows?|processes|techniques)\b[^.!?\n]{{0,80}}?\b{_FAIL}"
    rf"|\b(?:need|demand|case|market|appetite) for (?:an? |more |better )?(?:[\w-]+ ){{0,3}}{_KIND} (?:that|which|to|like|capable|designed|built)\b"
    rf"|\b(?:this|that|which|here) is (?:exactly |precisely |just )?where (?:an? |the )?(?:[\w-]+ ){{0,3}}(?:{_KIND}|[A-Z]\w+) (?:comes? in|shines?|excels?|steps? in|can help|makes? (?:a|the|all))\b"
    rf"|\bthat['\u2019]s (?:exactly |precisely )?where (?:[\w-]+ ){{1,4}}(?:comes? in|shines?|excels?|steps? in)\b"
    rf"|\bwith the right {_KIND}\b|\b(?:investing|invest) in (?:the right|a modern|a robust|a dedicated|an integrated|better|modern) (?:[\w-]+ ){{0,2}}{_KIND}\b"
    rf"|\b(?:modern|next-generation|all-in-one|end-to-end|ai-powered|ai-native|cloud-based|integrated|unified|purpose-built|dedicated|collaborative) (?:[\w-]+ ){{0,2}}{_KIND}"
    r" (?:can|offers?|provides?|makes?|gives?|lets?|allows?|enables?|helps?|empowers?|bridges?|is the|are the)\b"
    rf"|\b{_KIND} that (?:empowers?|enables?|allows?|lets?|gives?|helps?) (?:users|teams|people|readers|businesses|organi[sz]ations|you|companies|employees) (?:to )?\w+",
    re.IGNORECASE,
)

def product_names(text: str, products: tuple[str, ...]) -> Iterator[tuple[int, int, str]]:
    """Where a product of the publisher's own is named: start, end, what to say."""
    for name in products:
        for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE):
            yield match.start(), match.end(), f"{name} is the publisher's own product, and the source does not name it."


def pitches(text: str) -> Iterator[tuple[int, int, str]]:
    """Where a sentence sells: start, end, what to say."""
    for pattern, message in (
        (_OFFER, "An offer to the reader, not a thought about the story."),
        (_OWN, "The publisher speaks of its own product."),
        (_CATEGORY, "A pitch for a kind of product."),
    ):
        for match in pattern.finditer(text):
            yield match.start(), match.end(), message
