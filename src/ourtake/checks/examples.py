"""A sound take to vary: the rules' examples are this one with one thing changed. Written for this table; no model wrote
it.
"""

from __future__ import annotations

from ourtake.checks.base import Case, CheckContext, Example
from ourtake.config import Settings
from ourtake.documents import Related, Source, Take
from ourtake.text.words import canonical_url

SOURCE = Source(
    title="Regulator asks Ferrow Compute how it will power its new halls",
    outlet="The Tidewater Post",
    url="https://tidewater.example/ferrow-power",
    blurb="The regulator has given Ferrow Compute six weeks to show where the electricity for its new halls will come "
    "from.",
    published="2026-09-10",
)
_TEXTS = {
    "Data centre asks for forty megawatts": "The company asked the grid for forty megawatts of electricity for its new "
    "halls, and the regulator wants to know why.",
    "Who pays when the grid waits": "Households pay for the regulator's delays in the electricity grid, and companies "
    "with new halls do not.",
    "The outage ledger": "Six weeks of outages, and where the electricity went: a ledger kept by one regulator and one "
    "company.",
}
RELATED = tuple(
    Related(
        id=f"r{n}",
        url=f"https://lanternquarter.example/{n}/",
        title=title,
        text=text,
        passage=text,
        published=f"2025-0{n}-10",
        handle=f"a{n}",
    )
    for n, (title, text) in enumerate(_TEXTS.items(), 1)
)
_FIRST = (
    "A company that wants power has to say when it wants it, how much of it, and what happens on the evening when "
    "there is none to be had. Those are dull questions, and they are the ones that decide who waits. The regulator put "
    "them in a letter of two pages and set a date. Ferrow Compute has said that it will answer, and has not said in "
    "what detail. Towns along the line have a stake in the reply, since a hall that draws its load at six in the "
    "evening draws it from the same wires as their kitchens, and a promise to draw it later is worth what its meter "
    "shows. "
)
_SECOND = (
    "There is a fair case for the halls as well. They pay rates, they employ electricians, and they take over land "
    "that nobody else had asked for in years. None of that answers a question about wires. A council can be glad of "
    "the rates and still want to read the letter, and a reader can want both. What would settle it is small and can be "
    "checked: a table of hours and loads, signed by an engineer, and kept up to date in public. Other firms have "
    "published such tables without harm. A plan that can't be shown is a plan that can't be held to, and the town will "
    "be told so late. "
)
_THIRD = (
    "Nobody in the valley needs reminding what a cold evening costs. The lights over the river went first, then the "
    "pumps, then the till of every shop. What the electricity company wrote down afterwards was shorter than what its "
    "customers wrote, and the regulator had to lay one list beside the other. Halls full of machines make that work "
    "harder, since their load never sleeps, and easier, because each of them is metered to the second. Somebody only "
    "has to publish the readings. A firm that hopes to be welcome could offer this before it is asked, and a council "
    "could make it a term of the lease. "
)
_FOURTH = (
    "We would print the answer on our front page. Six weeks are long enough to count what a building will draw, and "
    "short enough that the wires can't be laid meanwhile. If Ferrow Compute names the hours, engineers in the towns "
    "can say whether the lines will bear them; if it names only a yearly sum, they can't, and the regulator should "
    "send the letter back. Our guess is that the honest figure is neither as alarming as the neighbours fear nor as "
    "small as the brochure has it. A guess is all anyone has today. That is the trouble with electricity promised in "
    "private: it can't be argued with, only waited for. "
)
PARAGRAPHS = (
    "The Tidewater Post reports that the regulator has set Ferrow Compute a date for its plan. We wrote in [Data "
    "centre asks for forty megawatts](a1) how a "
    "company comes to ask for such a load of electricity, and the pattern repeats here. " + _FIRST,
    "Somebody pays while the grid is rebuilt. In [Who pays when the grid waits](a2) we followed the regulator's delays "
    "into the bills of households. " + _SECOND,
    "The record of the last winter is public, and it should be read before the reply arrives. Our own account of it, "
    "[The outage ledger](a3), counts the weeks of outages and where the electricity went. " + _THIRD,
    _FOURTH + "What will the company show, and who will read it before the evening comes?",
)
SUMMARY = (
    "The Tidewater Post reports that the regulator wants to know where the electricity for Ferrow Compute's new halls "
    "will come from, and has set a date. We think that the question is the right one and that the answer belongs in "
    "public, hour by hour, before a wire is laid, since the same wires serve the kitchens of the towns along the line."
)
TAGS = ("electricity", "data centres", "regulation", "towns")


def build(example: Example) -> Case:
    """The sound take with the example's parts in place."""
    take = Take(
        headline="Show the hours before you lay the wire" if example.headline is None else example.headline,
        summary=SUMMARY if example.summary is None else example.summary,
        body="\n\n".join(PARAGRAPHS).replace(" \n", "\n").strip() if example.body is None else example.body,
        tags=TAGS if example.tags is None else example.tags,
    )
    related = RELATED if example.related is None else example.related
    given = example.settings or Settings()
    live = {canonical_url(check.url): check for check in example.live}
    return Case(take, CheckContext(SOURCE, related, given, earlier=example.earlier, live=live, read=example.read))


def with_first(text: str) -> Example:
    """The sound body with `text` put before its first words."""
    return Example(body="\n\n".join([text + " " + PARAGRAPHS[0].strip(), *(part.strip() for part in PARAGRAPHS[1:])]))


SOUND = Example()
