"""Texts that want to be scripts, in every field that a page shows: none runs, and no policy has to stop one."""

from __future__ import annotations

import contextlib
import itertools
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from ourtake.checks.base import CheckContext
from ourtake.checks.registry import check
from ourtake.config import Settings
from ourtake.documents import Draft, Related, Revision, Source, Take
from ourtake.errors import InputError
from ourtake.review.rechecking import rechecker
from ourtake.review.session import Desk
from ourtake.store import Store
from ourtake.web.marked import Mark, passage_html
from tests.evals.made import case, result, run_folder
from tests.web.drafts import save

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

    from tests.web.conftest import Serve, Told

RAN = "window.ran=1"
CORES = (
    f"<script>{RAN}</script>",
    f"<img src=x onerror={RAN}>",
    f"<svg onload={RAN}>",
    f'<iframe srcdoc="<script>parent.{RAN}</script>"></iframe>',
    f"<details open ontoggle={RAN}>x</details>",
    f'<a href="javascript:{RAN}" autofocus onfocus={RAN}>x</a>',
    f"<input autofocus onfocus={RAN}>",
    f"<math><mtext></mtext><mglyph><style><img src=x onerror={RAN}></style></mglyph></math>",
    f"<video><source onerror={RAN}></video>",
    f"<style>@import 'javascript:{RAN}';</style><body onpageshow={RAN}>",
)
WAYS_IN = (
    "{}",
    '"{}',
    "'>{}",
    '">{}',
    "</textarea>{}",
    "</title>{}",
    "--><!-- -->{}",
    "</script>{}",
    "</mark></p>{}",
    "[words](javascript:window.ran=1) {}",
    "[x](<data:text/html,{}>)",
    '![x](x"onerror=window.ran=1) {}',
    "&lt;script&gt; {}",
    "{{{{7*7}}}}{{% raw %}} {}",
    "`code` **b** _{}_ \u202etxt.exe\u2066",
)
VECTORS = tuple(way.format(core) for way, core in itertools.product(WAYS_IN, CORES))


def attacked(number: int, vectors: tuple[str, ...]) -> Draft:
    """A draft in which every field holds some of the vectors."""
    one = vectors[0]
    source = Source(
        title=" ".join(vectors[:2]), outlet=vectors[2], url=f"javascript:window.ran=1//{one}", blurb=" ".join(vectors),
        author=vectors[3], published="2026-09-08", text=" ".join(vectors),
    )  # fmt: skip
    related = tuple(
        Related(id=f"i{at}{vector}", url=f"https://a.example/{at}?{vector}", title=vector, passage=vector, text=vector)
        for at, vector in enumerate(vectors)
    )
    body = "\n\n".join(f"{vector} said 57 megawatts, “{vector}” and more." for vector in vectors)
    take = Take(headline=" ".join(vectors), summary=" ".join(vectors), body=body, tags=vectors)
    report = check(take, CheckContext(source, related, Settings()))
    return Draft(
        id=f"a77ac{number:07}", status="needs-work", source=source, related=related, model=one, created="2026-09-08",
        revisions=(Revision(number=1, take=take, by=one, report=report, created=one, note=one),),
    )  # fmt: skip


def typed_in(store: Store, draft_id: str, vectors: tuple[str, ...]) -> None:
    """What people type: a name, a reason, a note, another text, a source."""
    session = Desk(store, rechecker(Settings(), None)).open(draft_id)
    name = vectors[4]
    view = session.view()
    open_rows = [row for row in view.findings if row.finding.severity != "info"]
    session.let_stand(open_rows[0].id, vectors[5], by=name)
    session.edit("body", 0, f"{vectors[6]} and {vectors[7]}", base=1, by=name)
    session.propose("body", 1, " ".join(vectors), base=2, by=vectors[8], asked_by=name, note=vectors[9])
    row = next(row for row in session.view().claims if row.needed)
    session.show(row.id, by=name)
    session.decide(row.id, "source", source=vectors[0], by=name)
    with contextlib.suppress(InputError):  # a vector without a link
        session.swap_link("body", 0, base=2, by=name)


def fill(folder: Path) -> list[str]:
    """Store the drafts; their ids."""
    made = [attacked(at, VECTORS[at * 10 : at * 10 + 10]) for at in range(len(VECTORS) // 10)]

    def work() -> None:
        with Store.open(f"sqlite:///{folder / 'ourtake.db'}") as store:
            for at, draft in enumerate(made):
                save(store, draft)
                typed_in(store, draft.id, VECTORS[at * 10 : at * 10 + 10])

    with ThreadPoolExecutor(1) as pool:
        pool.submit(work).result()
    return [draft.id for draft in made]


def hostile_run(folder: Path) -> None:
    """An eval run whose story, takes and writers are vectors."""
    title, outlet, blurb, *texts = VECTORS[:9]
    story = Source(id="c0", title=title, outlet=outlet, url="javascript:window.ran=1//", blurb=blurb)
    one, rows = case(0, 1).model_copy(update={"source": story}), []
    for writer in texts[:2]:
        take = Take(headline=texts[2], summary=f"{texts[3]} {writer}", body=texts[4], tags=())
        rows.append(result(one, writer, passes=1.0, take=take))
    run_folder(folder, rows, models=tuple(texts[:2]), cases=[one])


def test_no_vector_runs_in_any_field(paper: Path, serve: Serve, context: BrowserContext, told: Told) -> None:
    assert len(set(VECTORS)) == 150
    ids = fill(paper)
    hostile_run(paper / "run")
    desk = serve("--as", VECTORS[11], "--pairs", str(paper / "run"), folder=paper)
    tab = context.new_page()
    told.listen(tab)
    tab.goto(desk.address)
    for draft_id in ids:
        for path in ("", "?edit=body-1", "/claims", "/sign", "/history?all=1", "/evidence/0"):
            tab.goto(f"{desk.address}/drafts/{draft_id}{path}")
            tab.evaluate("() => document.querySelectorAll('details').forEach(one => { one.open = true; })")
            assert tab.evaluate("() => window.ran") is None, path
            assert not tab.evaluate("() => /[\\u202a-\\u202e\\u2066-\\u2069]/.test(document.body.innerText)"), path
    for path in ("/pairs", "/outdated", "/settings"):
        tab.goto(f"{desk.address}{path}")
        assert tab.evaluate("() => window.ran") is None, path
    assert [line for line in told.lines if "/evidence/0" not in line and "400" not in line] == []
    told.lines.clear()
    for vector in VECTORS[::5]:
        for path in (
            f"/drafts/{quote(vector, safe='')}",
            f"/?q={quote(vector)}",
            f"/drafts/{ids[0]}?edit={quote(vector)}",
        ):
            tab.goto(f"{desk.address}{path}")
            assert tab.evaluate("() => window.ran") is None, path
    assert not [line for line in told.lines if "Content Security Policy" in line or "dialog" in line]


def test_a_passage_holds_only_what_the_page_writes() -> None:
    for vector in VECTORS:
        finding = Mark(0, max(1, len(vector) // 2), 0, "error")
        html = str(passage_html(vector, 0, len(vector), [finding]))
        found = Elements()
        found.feed(html)
        assert found.tags <= {"mark", "a", "strong", "em", "code", "span"}
        assert found.attributes <= {"id", "class", "data-finding", "href", "rel"}
        assert all(one.startswith(("http://", "https://")) for one in found.links)


class Elements(HTMLParser):
    """The elements, attributes and targets of links in a piece of HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name == "href"]


def test_a_mark_is_exactly_its_words() -> None:
    text = "🔌 A [link *here*](https://a.example/x) and **bold** words."
    words = "here"
    start = text.index(words)
    html = passage_html(text, 0, len(text), [Mark(start, start + len(words), 4, "error")])
    assert 'id="m4"' in html and ">here</mark>" in html
    assert html.striptags() == "🔌 A link here and bold words."
