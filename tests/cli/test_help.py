"""Help as a newcomer sees it."""

from __future__ import annotations

import pytest

from tests.conftest import Run

COMMANDS = [
    "init",
    "archive add",
    "archive search",
    "archive tune",
    "related",
    "draft",
    "check",
    "rules",
    "drafts list",
    "drafts show",
]
COMMANDS += [
    "export",
    "eval run",
    "eval report",
    "eval compare",
    "eval gate",
    "eval judge",
    "eval pairs",
    "models",
    "review",
    "approve",
    "reject",
    "kill",
    "correct",
    "reopen",
    "verify",
    "drafts diff",
    "drafts history",
    "drafts add",
    "drafts remove",
    "watch",
    "watch status",
    "watch stories",
    "watch draft",
    "watch retry",
    "rewrite",
    "worker",
    "store copy",
    "eval export",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_shows_each_example_on_its_own_line(run: Run, command: str) -> None:
    done = run(*command.split(), "--help", env={"COLUMNS": "80"})
    assert done.returncode == 0 and "\\b" not in done.stdout
    examples = [line for line in done.stdout.splitlines() if line.strip().startswith(f"ourtake {command}")]
    assert examples and all(line.count("ourtake ") == 1 for line in examples)
    assert max(map(len, done.stdout.splitlines())) <= 80


@pytest.mark.parametrize("group", ["", "archive", "drafts", "calls", "eval", "eval cases", "watch", "store", "jobs"])
def test_a_list_of_commands_cuts_no_sentence(run: Run, group: str) -> None:
    listed = run(*group.split(), "--help", env={"COLUMNS": "80"}).stdout.split("Commands:")[1].splitlines()
    assert len(listed) > 2 and not [line for line in listed if line.endswith("...")]


def test_arguments_have_the_names_that_the_documentation_uses(run: Run) -> None:
    page = run("approve", "--help").stdout
    assert "Usage: ourtake approve [OPTIONS] DRAFT_ID\n" in page and "  DRAFT_ID  The draft's id" in page
    assert "Usage: ourtake rules [OPTIONS] [CODE|try|learn] [FILE]\n" in run("rules", "--help").stdout
    assert "[FILE|FOLDER|DRAFT_ID...]\n" in run("check", "--help").stdout


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("draft --headlines many", "Invalid value for '--headlines': it must be a whole number."),
        ("drafts list -n 0", "Invalid value for '-n': it must be at least 1."),
        ("serve --port 99999", "Invalid value for '--port': it must be at most 65535."),
        ("approve", "Missing argument 'DRAFT_ID'."),
    ],
)
def test_an_incorrect_value_is_explained_in_plain_words(run: Run, command: str, why: str) -> None:
    done = run(*command.split())
    assert done.returncode == 2 and f"Error: {why}\n" in done.stderr
