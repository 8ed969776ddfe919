"""The repair loop over a real wire: each seeded fault is found, its passage alone is asked for with the evidence, and
the reply mends it.

The takes are the baseline's own with one fault put in; llmock answers with the passage as it was. One run drafts all,
with a source for each.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from ourtake.documents import Draft, Related
from ourtake.intake.files import read_source
from ourtake.store import Store
from ourtake.text.markdown import links, paragraphs
from tests.wire.test_llmock import answer, environment, serving

MODEL = "openai:gpt-6.2-sol"
SOURCE = "sources/01-data-centre-power.md"


ROSES = (
    "Roses want sun for half of the day and a soil that does not stand in water. Prune them in late winter, before the "
    "buds break, above an eye "
    "that looks outwards. Greenfly can be washed off with a hose, and black spot keeps away from leaves that dry "
    "before night."
)
LAST = 0
"""The number of the last paragraph, whichever it is."""


class Sound(NamedTuple):
    """A sound take in handles, its paragraphs, and what was offered."""

    take: dict[str, Any]
    parts: list[str]
    related: list[Related]


class Fault(NamedTuple):
    """A fault of paragraph `number` (from 1, or LAST): what is put in its place, rules of which one must find it, and
    words its repair is told.
    """

    number: int
    codes: tuple[str, ...]
    make: Callable[[Sound], str]
    told: Callable[[Sound], str] = lambda _: ""


def title(sound: Sound, handle: str = "a1") -> str:
    return next(item.title for item in sound.related if item.handle == handle)


def first_link(sound: Sound) -> tuple[str, str]:
    found = links(sound.parts[0])[0]
    return sound.parts[0][found.start : found.end], found.target


def anchored(sound: Sound, words: str) -> str:
    link, handle = first_link(sound)
    return sound.parts[0].replace(link, f"[{words}]({handle})")


def other_handle(sound: Sound) -> str:
    return "a2" if first_link(sound)[1] != "a2" else "a3"


FAULTS: dict[str, Fault] = {
    "unknown handle": Fault(2, ("LNK001",), lambda s: s.parts[1] + " See [a study of ours](a77)."),
    "lost address": Fault(2, ("LNK001",), lambda s: s.parts[1] + " See [an older piece of ours]."),
    "swapped link": Fault(
        1,
        ("LNK003",),
        lambda s: s.parts[0].replace(first_link(s)[0], f"[{title(s, first_link(s)[1])}]({other_handle(s)})"),
    ),
    "cut title": Fault(
        1,
        ("LNK003",),
        lambda s: anchored(s, title(s, first_link(s)[1]).rsplit(" ", 1)[0]),
        lambda s: f"It should read: {title(s, first_link(s)[1])}",
    ),
    "altered quotation": Fault(
        1,
        ("QUO003",),
        lambda s: s.parts[0].replace(
            "open a data centre on the old rail yard", "build a data centre in the old rail yard"
        ),
        lambda _: "the source, blurb",
    ),
    "invented quotation": Fault(
        2,
        ("QUO001",),
        lambda s: (
            s.parts[1]
            + " The Tidewater Post reports: \u201cNobody in the town had ever asked for a cheaper lamp.\u201d"
        ),
    ),
    "misattributed quotation": Fault(
        2,
        ("QUO002",),
        lambda s: (
            s.parts[1]
            + f" In \u201c{title(s)}\u201d we wrote: \u201cThe energy regulator has given it six weeks to show where "
            f"the electricity will come "
            "from.\u201d"
        ),
    ),
    "changed number": Fault(
        2,
        ("FCT003", "FCT001"),
        lambda s: (
            s.parts[1]
            + " The energy regulator has given Ferrow Compute eleven weeks to show where the electricity will come "
            "from."
        ),
    ),
    "invented number": Fault(2, ("FCT001",), lambda s: s.parts[1] + " The halls would cost 7,431 million dollars."),
    "changed date": Fault(2, ("FCT004",), lambda s: s.parts[1] + " The Tidewater Post reported it on 3 March 1987."),
    "invented name": Fault(
        2,
        ("FCT002",),
        lambda s: s.parts[1] + " The halls were drawn by Professor Ottoline Brandvold of the Wexcombe Institute.",
    ),
    "duplicated paragraph": Fault(3, ("ORG003",), lambda s: s.parts[1]),
    "copied run": Fault(3, ("ORG001",), lambda s: " ".join(s.related[1].text.split()[:130])),
    "off-topic paragraph": Fault(
        3,
        ("TOP001",),
        lambda _: (
            ROSES + " Bake the petals slowly for a cake, or leave them on the bed where the blackbirds find them."
        ),
    ),
    "promotion": Fault(
        3,
        ("TOP002",),
        lambda s: (
            s.parts[2]
            + " Subscribe to our newsletter today and get the best coverage of the grid for only five dollars a month."
        ),
    ),
    # What no reader sees is taken out of a reply before it is a take; a Cyrillic letter stays, and is to be mended.
    "hidden characters": Fault(2, ("SAF002",), lambda s: s.parts[1] + " It is a pl\u200bain qu\u0435stion."),
    "HTML": Fault(
        2, ("SAF001", "SAF004"), lambda s: s.parts[1] + " <img src=x onerror=alert(1)> <script>alert(1)</script>"
    ),
    "prompt residue": Fault(
        2, ("SAF003",), lambda s: s.parts[1] + " As an AI language model, I cannot verify these claims."
    ),
    "cut-off": Fault(LAST, ("STR010",), lambda s: s.parts[-1].rsplit(" ", 9)[0]),
}


def edition(number: int) -> str:
    """Words at the head of a blurb by which llmock tells the sources apart."""
    return f"Edition {chr(65 + number) * 2}."


def source_of(paper: Path, number: int) -> dict[str, Any]:
    source = read_source(str(paper / SOURCE))
    return source.model_dump() | {"id": f"fault-{number}", "blurb": f"{edition(number)} {source.blurb}"}


@pytest.fixture(scope="module")
def mended(tmp_path_factory: pytest.TempPathFactory) -> tuple[Sound, dict[str, Draft], list[str]]:
    """The sound take, a draft for each fault, and the prompts of all repairs."""
    paper = tmp_path_factory.mktemp("repair") / "paper"

    def run(*words: str, env: dict[str, str] | None = None) -> str:
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("OURTAKE", "OPENAI", "ANTHROPIC"))
        } | (env or {})
        done = subprocess.run(
            [sys.executable, "-m", "ourtake", *words],
            cwd=paper if paper.exists() else None,
            env=kept,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode in (0, 1), done.stderr
        return done.stdout

    run("init", str(paper))
    more = '\n[lookup]\nthreshold = 0.0\noffered = 4\n\n[checks.severity]\nSTR004 = "warning"\n'
    (paper / "ourtake.toml").write_text((paper / "ourtake.toml").read_text() + more)
    run("archive", "add", "archive")
    draft = Draft.model_validate_json(run("draft", SOURCE, "--json"))
    revision = draft.standing()
    assert revision is not None
    body = revision.take.body
    for item in draft.related:
        body = body.replace(item.url, item.handle or "")
    related = [Related.model_validate(row) for row in json.loads(run("related", SOURCE, "--json"))["related"]]
    texts = {row["url"]: row["text"] for row in map(json.loads, _exported(run, paper))}
    offered = [
        item.model_copy(update={"handle": f"a{n}", "text": texts[item.url]}) for n, item in enumerate(related, 1)
    ]
    sound = Sound(
        {**revision.take.model_dump(), "body": body, "tags": list(revision.take.tags)},
        [span.text for span in paragraphs(body)],
        offered,
    )
    assert len(sound.parts) >= 4 and len(sound.related) >= 3
    repairs, takes = [], []
    for number, fault in enumerate(FAULTS.values()):
        parts = list(sound.parts)
        place = fault.number or len(parts)
        parts[place - 1] = fault.make(sound)
        others = [{"name": f"paragraph {n}", "text": "This must be ignored."} for n in range(1, 9) if n != place]
        reply = {"passages": [{"name": f"paragraph {place}", "text": sound.parts[place - 1]}, *others]}
        # Both requests hold the blurb; the repair is the second.
        repairs.append(answer(reply, task=f"Blurb: {edition(number)}", index=1))
        takes.append(answer({**sound.take, "body": "\n\n".join(parts)}, task=f"Blurb: {edition(number)}", index=0))
    (paper / "faults.jsonl").write_text("".join(json.dumps(source_of(paper, n)) + "\n" for n in range(len(FAULTS))))
    with serving(paper, takes + repairs) as port:
        run(
            "draft",
            "--batch",
            "faults.jsonl",
            "--model",
            MODEL,
            "--quick",
            "--concurrency",
            "1",
            "-o",
            "out.jsonl",
            env=environment(paper, port),
        )
    drafts = [Draft.model_validate_json(line) for line in (paper / "out.jsonl").read_text().splitlines()]
    by_fault = {name: next(d for d in drafts if d.source.id == f"fault-{n}") for n, name in enumerate(FAULTS)}
    with Store.open(f"sqlite:///{paper}/ourtake.db") as store:
        prompts = [
            json.dumps(call.start.model_dump(mode="json"), ensure_ascii=False)
            for call in store.calls()
            if call.start.task == "repair"
        ]
    return sound, by_fault, prompts


def _exported(run: Callable[..., str], paper: Path) -> list[str]:
    run("archive", "export", "all.jsonl")
    return (paper / "all.jsonl").read_text().splitlines()


@pytest.mark.parametrize("name", FAULTS)
def test_the_fault_is_mended_and_nothing_else_touched(
    mended: tuple[Sound, dict[str, Draft], list[str]], name: str
) -> None:
    fault = FAULTS[name]
    _, drafts, _ = mended
    draft = drafts[name]
    assert len(draft.revisions) == 2, (draft.notes, [item.code for item in draft.revisions[0].report.findings])
    first, second = draft.revisions
    found = {item.code for item in first.report.findings}
    assert found & set(fault.codes), found
    assert "\u200b" not in first.take.body
    assert (
        not {item.code for item in second.report.findings} & set(fault.codes)
        and draft.chosen == 2
        and draft.status == "ready"
    )
    before, after = ([span.text for span in paragraphs(revision.take.body)] for revision in draft.revisions)
    assert [n for n, (old, new) in enumerate(zip(before, after, strict=True), 1) if old != new] == [
        fault.number or len(after)
    ]
    assert first.take.model_copy(update={"body": ""}) == second.take.model_copy(update={"body": ""})


@pytest.mark.parametrize(
    "name",
    [
        name
        for name, fault in FAULTS.items()
        if fault.told(Sound({}, ["[a](a1)"], [Related(id="1", url="u", title="t", handle="a1")]))
    ],
)
def test_the_model_is_told_what_is_right(mended: tuple[Sound, dict[str, Draft], list[str]], name: str) -> None:
    sound, _, prompts = mended
    mark = edition(list(FAULTS).index(name))
    assert any(mark in prompt and FAULTS[name].told(sound) in prompt for prompt in prompts)
