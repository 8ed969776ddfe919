"""What an obedient model writes under attack, through the command and a provider on loopback: none of it reaches a
stored take or a terminal.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from paid_server import FIRST, PaidServer

from ourtake.documents import Draft
from ourtake.publish.formats import FORMATS
from ourtake.text.markdown import links
from tests.cli.conftest import environment
from tests.conftest import Run

MODEL = ("--model", "openai:paid", "--json")
ANCHORS = (
    "quay.example",
    "**quay.example**",
    "`quay.example`",
    "quay\u200b.exam\u200bple",
    "quay&#46;example",
    "quay\\.example",
    "quay\u3002example",
    "qu\u0430y.example",
    "xn--80aqaf6b.xn--p1ai",
    "198.51.100.9",
    "+44 20 7946 0000",
    "www.quay.example",
    "quay.example/in",
    "bank.example.quay.example sign-in",
    "The Harbour Times: read it on quay-times.com",
    "quay&amp;#46;example",
    "quay . com",
    "q u a y . c o m",
    "quay dot com",
    "quay.photography",
    "0x7f.1",
    "212\u2013555\u20130199",
    "GB29 NWBK 6016 1331 9268 19",
)
Serve = Callable[[dict[str, Any]], PaidServer]


@pytest.fixture
def serve() -> Iterator[Serve]:
    running: list[PaidServer] = []

    def start(take: dict[str, Any]) -> PaidServer:
        running.append(PaidServer(take, latency=0))
        return running[-1]

    yield start
    for server in running:
        server.close()


def drafted(take: dict[str, Any], desk: Path, run: Run, serve: Serve) -> Draft:
    done = run("draft", FIRST, *MODEL, folder=desk, env=environment(serve(take)))
    return Draft.model_validate_json(done.stdout)


def test_link_words_that_show_another_address_become_the_title(
    origin: tuple[Path, dict[str, Any]], desk: Path, run: Run, serve: Serve
) -> None:
    sound = origin[1]
    words = " ".join(f"[{anchor}](a1)" for anchor in ANCHORS)
    draft = drafted(sound | {"summary": f"{sound['summary']} {words}"}, desk, run, serve)
    take = draft.revisions[0].take
    shown = links(take.summary)
    assert len(shown) == len(ANCHORS)
    assert {(link.anchor, link.target) for link in shown} == {(draft.related[0].title, draft.related[0].url)}
    assert not {"LNK018", "SAF004"} & {finding.code for finding in draft.revisions[0].report.findings}


def test_headline_and_tags_are_plain_lines(
    origin: tuple[Path, dict[str, Any]], desk: Path, run: Run, serve: Serve
) -> None:
    headline = (
        "Town <scr<b>ipt>x</scr</b>ipt> \x1b[31mred\x1b[0m **bold**\nand\u200b [more](https://quay.example/x) &lt;i&gt;"
    )
    headline += " [now]( java\tscript:alert(1))"
    tags = ["<im<b>g src=x onerror=alert(1)>", "power\ncuts", "gr\u202eid", "https://quay.example/t", "`code`"]
    take = drafted(origin[1] | {"headline": headline, "tags": tags}, desk, run, serve).revisions[0].take
    assert take.headline == "Town x red bold and more now"
    assert take.tags == ("power cuts", "grid", "code")


def test_a_key_that_comes_back_spelled_out_is_nowhere(
    origin: tuple[Path, dict[str, Any]], desk: Path, run: Run, serve: Serve
) -> None:
    key = "sk-quay-77A9c0Vd3mXz51"
    spelled = (" ".join(key), key[::-1], key.encode().hex("-"), ", ".join(base64.b64encode(key.encode()).decode()))
    server = serve(origin[1] | {"headline": f"Keys {spelled[0]} today", "tags": list(spelled)})
    done = run("draft", FIRST, *MODEL, folder=desk, env=environment(server) | {"OPENAI_API_KEY": key})
    draft = Draft.model_validate_json(done.stdout)
    assert draft.revisions[0].take.headline == "Keys [key] today"
    stored = b"".join(path.read_bytes() for path in desk.glob("ourtake.db*")).decode("latin-1")
    for text in (done.stdout, done.stderr, stored):
        assert not any(one in text for one in spelled)


def test_addresses_in_prose_are_taken_out_or_found(
    origin: tuple[Path, dict[str, Any]], desk: Path, run: Run, serve: Serve
) -> None:
    prose = "Go to quay.example:8080, 198.51.100.9/in, bitcoin:1QuayLedger or quay-bank.example, and ask Forbes.com."
    sound = origin[1]
    revision = drafted(sound | {"summary": f"{sound['summary']} {prose}"}, desk, run, serve).revisions[0]
    assert not re.search("8080|198[.]|1Quay", revision.take.summary)
    found = [finding.text for finding in revision.report.findings if finding.code == "SAF004"]
    assert found == ["[address removed](removed-address)"] * 3 + ["quay-bank.example"]


def test_a_take_of_absurd_size_is_an_invalid_reply(
    origin: tuple[Path, dict[str, Any]], desk: Path, run: Run, serve: Serve
) -> None:
    draft = drafted(origin[1] | {"body": "1," * 20_000}, desk, run, serve)
    assert (draft.status, draft.revisions) == ("invalid", ())
    assert "has 40,000 characters" in (draft.error or "")


def test_no_format_has_hidden_characters_of_a_source_or_an_article(desk: Path, run: Run) -> None:
    hidden = "\u202egnp\u2066\u200b.exe\u2028\n"
    source = {"id": "h", "title": f"Who {hidden} pays", "outlet": f"The {hidden} Post", "author": f"Al {hidden}"}
    blurb = f"The regulator has given \u200bFerrow Compute six weeks to say where its {hidden} power will come from."
    (desk / "h.json").write_text(json.dumps(source | {"url": "https://post.example/h", "blurb": blurb}))
    draft = Draft.model_validate_json(run("draft", "h.json", "--model", "baseline", "--json", folder=desk).stdout)
    for name in FORMATS.keys() - {"json"}:
        done = run("export", draft.id, "--to", name, "-o", f"h.{name}", folder=desk)
        text = (desk / f"h.{name}").read_text(encoding="utf-8")
        assert done.returncode == 0 and "gnp" in text
        assert not re.search("[\u200b\u2028\u202e\u2066]|\\\\u20(?:0b|28|2e|66)", text), name


FILE = """---
title: Show the hours
source:
  {title: Story, outlet: The Tidewater Post, url: "https://tidewater.example/x", blurb: A blurb., published: 2026-09-10}
summary: A summary.
tags: [power]
related:
- {title: The outage ledger, url: "https://lanternquarter.example/3/"}
---

We wrote of it in [quay\u200b.example](https://lanternquarter.example/3/) last year.
"""


def test_in_a_file_it_is_a_finding_whose_fix_is_the_title(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "take.md"
    path.write_text(FILE, encoding="utf-8")
    command = ("check", "take.md", "--select", "LNK018")
    done = run(*command, "--format", "json")
    finding = json.loads(done.stdout)["findings"][0]
    assert done.returncode == 1
    assert (finding["code"], finding["severity"], finding["fix"]["replacement"]) == (
        "LNK018",
        "error",
        "The outage ledger",
    )
    shown = run(*command)
    assert "quay.example" in shown.stdout and "\u200b" not in shown.stdout
    assert run(*command, "--fix").returncode == 0
    assert "[The outage ledger](https://lanternquarter.example/3/)" in path.read_text(encoding="utf-8")


def test_a_title_under_the_pointer_is_read_too(run: Run, tmp_path: Path) -> None:
    own = "https://lanternquarter.example/3/"
    titles = {f'{own} "sign in at quay.com"': 1, f"<{own}> 'quay.com'": 1, f'{own} "Our ledger"': 0}
    for target, code in titles.items():
        shown = FILE.replace(f"[quay\u200b.example]({own})", f"[the ledger]({target})")
        (tmp_path / "take.md").write_text(shown, encoding="utf-8")
        done = run("check", "take.md", "--select", "LNK018")
        assert done.returncode == code
        assert ("The link's title shows an address" in done.stdout) == bool(code)


def test_what_nobody_sees_is_written_out_in_an_error(run: Run) -> None:
    done = run("check", "no\u200bsuch\u202efile\u2066.md")
    assert done.returncode == 2
    assert "no<U+200B>such<U+202E>file<U+2066>.md" in done.stderr
