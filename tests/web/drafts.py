"""Drafts for the tests of the page: a take with planted faults over the example publication."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ourtake.archive.lookup import Archive
from ourtake.archive.rank import defaults
from ourtake.checks.base import CheckContext
from ourtake.checks.registry import check
from ourtake.config_file import load_settings
from ourtake.documents import Draft, Revision, Take
from ourtake.intake.files import read_source
from ourtake.store import Store

DRAFT = "f00d5eed0001"
HOUSE = "https://lanternquarter.example"
DOCK = f"{HOUSE}/2025/05/data-centre-asks-for-forty-megawatts/"
QUEUE = f"{HOUSE}/2025/12/who-pays-when-the-grid-waits/"
LEDGER = f"{HOUSE}/2026/03/the-outage-ledger/"

SUMMARY = (
    "The Tidewater Post reports that the regulator has given Ferrow Compute six weeks to show where the "
    "electricity for its data centre will come from, and who pays if the grid has to be reinforced. We have seen "
    "that question put to a dock and to a bakery, and neither got an answer with a date in it. A rule that asks "
    "early costs less than a cable that comes late."
)
FIRST = (
    "🔌 The Tidewater Post reports that Ferrow Compute wants to open a data centre on the old rail yard by spring. "
    f"Six weeks is a modest request. When [A Data Centre Asks Maddox Quay for Forty Megawatts]({DOCK}) told of the "
    "timber dock, the application came before the supply. On the coldest evening of that winter the whole of "
    "Maddox Quay used 57 megawatts; the dock asked for 40. “We were told the future was coming and it turns out "
    "to be eight diesel engines,” said Noreen Basham, who has lived in Caulker's Row since 1988. The nearest "
    "houses are 140 metres from the proposed exhaust stacks, and Longshore's engines would run up to 4,000 hours "
    "a year. A regulator who asks at the start saves a meeting in the Seamen's Hall at the end."
)
SECOND = (
    f"The bill is the other half of the question. [Who Pays While Everyone Waits for a Grid Connection?]({QUEUE}) "
    "did the sums: 412 applicants, 1,370 megawatts asked for, in a region whose highest recorded demand is 910. "
    "The delay costs £17 million a year by the county's count, and firms with fewer than 20 staff bore a third of "
    "it. Moreover, it is important to note that Ravelin's own estimate is smaller, £4.4 million a year. Judith "
    "Amery, the planning manager of Ravelin Networks, expects 150 to 200 projects to drop out. Harold Pennick, "
    "the minister, has promised that households will pay nothing. A promise of that kind needs a name on the "
    "invoice, because somebody pays for every line that is built before anyone uses it."
)
THIRD = (
    "A deadline of six weeks is short, and that is its merit. It forces a company to show land, a connection and "
    "a payer before it shows a rendering. Most data centres that fail do so because of local protest. The "
    "alternative is what we have at the dock: twelve megawatts set aside for a scheme that has not been decided, "
    "and a baker with two ovens in their wrapping. His latest letter says the third quarter of 2027. Nobody asked "
    "the holder of place number 61, on a deposit of £60,000, where the other power would come from. Asking is "
    "cheap for a regulator and dear for everyone else when it is left undone."
)
LAST = (
    "There is a case against haste. A network is planned over decades, and a company that must name its supplier "
    "in six weeks may name the nearest gas engine. The ledger kept by a postman in Upper Brindle, which we "
    f"[wrote about]({LEDGER}), shows how little of that cost is written down by those who cause it. If the "
    "regulator wants an honest answer, it should ask for the unflattering one as well: the hours on gas, the "
    "houses within earshot, the year in which the line arrives. Would the company still come to the rail yard if "
    "its reply had to be printed beside the application?"
)
FAULTY = Take(
    headline="Six weeks to say where the power comes from",
    summary=SUMMARY,
    body="\n\n".join((FIRST, SECOND, THIRD, LAST)),
    tags=("data centres", "grid", "electricity", "regulation"),
)


def open_archive(folder: Path, store: Store) -> Archive:
    """The archive of a publication's folder."""
    archive = Archive(store, folder / "ourtake.index", weighting=defaults(meaning=False))
    archive.refresh()
    return archive


def save(store: Store, draft: Draft) -> None:
    """Store a draft. In a thread: Playwright has an event loop of its own in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(store.save_draft(draft))).result()


def add_draft(folder: Path, take: Take = FAULTY, *, name: str = DRAFT, by: str = "openai:gpt-6-sol") -> Draft:
    """A draft of that take on the first example story, checked by the rules and stored."""
    settings = load_settings(str(folder / "ourtake.toml"))
    source = read_source(str(next((folder / "sources").glob("01*"))))
    with Store.open(f"sqlite:///{folder / 'ourtake.db'}") as store:
        archive = open_archive(folder, store)
        related = tuple(
            item.model_copy(update={"handle": f"a{number}"}) for number, item in enumerate(archive.related(source), 1)
        )
        report = check(take, CheckContext(source, related, settings, archive))
        made = Draft(
            id=name,
            status="ready" if report.verdict == "pass" else "needs-work",
            source=source,
            related=related,
            revisions=(Revision(number=1, take=take, by=by, report=report, created="2026-09-08T09:30:00Z"),),
            model=by,
            cost_usd=0.0412,
            created="2026-09-08T09:30:00Z",
        )
        save(store, made)
    return made
