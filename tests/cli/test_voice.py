"""`ourtake voice learn`: habits and samples of the publication's own pieces, which the prompt then shows as voice."""

from __future__ import annotations

import json
from pathlib import Path

from ourtake.writing.voice import Piece, learned
from tests.conftest import Run

DRY = "We don't think that colour helps. A bench is a bench, and we have sat on it. " * 4
PIECES = [
    Piece(f"Leader {n}", f"{DRY}\n\nSee [the bench](https://own.example/{n}).\n\n- a list\n- of things")
    for n in range(3)
]


def test_habits_are_measured_and_samples_are_whole_paragraphs() -> None:
    voice = learned(PIECES)
    habits = " ".join(voice.habits)
    assert (
        "The writer says we." in habits and "Spelling is British." in habits and "words of the writer's own" in habits
    )
    assert len(voice.samples) == 3 and all(sample.text == DRY.strip() for sample in voice.samples)


def test_what_people_are_quoted_as_saying_is_not_the_voice() -> None:
    quoted = Piece("Leader", f"{DRY}\n\n\u201cI can't, I won't, and I shan't,\u201d said the mayor, and I, I, I, I.")
    habits = learned([quoted, *PIECES[:2]]).habits
    assert "The writer says we." in habits
    speaks = [Piece("Diary", "\u201cI won't,\u201d said the mayor.")] * 3
    assert "The writer says I." in learned(speaks).habits  # nothing else is there to measure


def test_the_page_is_written_once_and_shown_to_the_writer(run: Run, paper: Path) -> None:
    done = run("voice", "learn", "--from", "Maren Oduya", folder=paper)
    assert done.returncode == 0, done.stderr
    page = paper / "prompts" / "voice.md"
    text = page.read_text(encoding="utf-8")
    assert "Sentences have" in text and text.count("From \u201c") >= 2
    again = run("voice", "learn", "--from", "Maren Oduya", folder=paper)
    assert again.returncode == 2 and "voice.md" in again.stderr
    assert run("voice", "learn", "--from", "archive", "--force", folder=paper).returncode == 0
    nobody = run("voice", "learn", "--from", "nobody at all", "--force", folder=paper)
    assert nobody.returncode == 2 and "0 pieces" in nobody.stderr
    page.write_text("Say it like a postcard.", encoding="utf-8")
    failed = run("draft", "sources/01-data-centre-power.md", "--model", "replay:sources", folder=paper)
    assert failed.returncode == 3
    calls = json.loads(run("calls", "list", "--json", folder=paper).stdout)
    shown = run("calls", "show", str(calls[-1]["id"]), folder=paper).stdout
    assert "Say it like a postcard." in shown and "Take no facts from this sample" in shown
