"""`--show-completion` and `--install-completion`, and what a shell is then given to complete a word with."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest
from typer import completion as typer_completion

from tests.conftest import Run

SCRIPTS = {
    "bash": "complete -o default -F _ourtake_completion ourtake",
    "zsh": "#compdef ourtake",
    "fish": "complete --command ourtake",
}
INSTALLED = {
    "bash": ".bash_completions/ourtake.sh",
    "zsh": ".zfunc/_ourtake",
    "fish": ".config/fish/completions/ourtake.fish",
}


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("show_callback", ["ctx", "param", "value"]),
        ("install_callback", ["ctx", "param", "value"]),
        ("get_completion_inspect_parameters", []),
    ],
)
def test_typer_has_what_completion_is_made_of(name: str, parameters: list[str]) -> None:
    function = getattr(typer_completion, name, None)
    assert function is not None and list(inspect.signature(function).parameters) == parameters, (
        f"This release of Typer has changed typer.completion.{name}, which cli/completion.py uses: adapt it, then "
        "raise the bound of typer in pyproject.toml."
    )


@pytest.mark.parametrize("shell", SCRIPTS)
def test_a_shell_is_named_by_its_word(run: Run, tmp_path: Path, shell: str) -> None:
    shown = run("--show-completion", shell)
    assert shown.returncode == 0 and SCRIPTS[shell] in shown.stdout, shown.stderr
    assert "_OURTAKE_COMPLETE" in shown.stdout
    done = run("--install-completion", shell, env={"HOME": str(tmp_path)})
    file = tmp_path / INSTALLED[shell]
    assert done.returncode == 0 and str(file) in done.stderr and done.stdout == "", done.stderr
    assert file.read_text().strip() == shown.stdout.strip()


def test_another_shell_is_refused_by_name(run: Run) -> None:
    done = run("--show-completion", "ksh")
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr == ("ourtake: There is no completion for the shell ksh. Shells: bash, zsh, fish.\n")


def test_without_a_word_it_is_for_the_shell_that_runs_the_command(run: Run) -> None:
    for given in (("--show-completion",), ("--show-completion", "--debug")):
        done = run(*given)
        # A test may be run from a shell or from none.
        assert (done.returncode == 0 and "_OURTAKE_COMPLETE" in done.stdout) or (
            done.returncode == 2 and done.stderr.count("shell") >= 1
        )


@pytest.mark.parametrize(
    "asked",
    [
        {"_OURTAKE_COMPLETE": "complete_bash", "COMP_WORDS": "ourtake archive se", "COMP_CWORD": "2"},
        {"_OURTAKE_COMPLETE": "complete_zsh", "_TYPER_COMPLETE_ARGS": "ourtake archive se"},
        {
            "_OURTAKE_COMPLETE": "complete_fish",
            "_TYPER_COMPLETE_ARGS": "ourtake archive se",
            "_TYPER_COMPLETE_FISH_ACTION": "get-args",
        },
    ],
    ids=SCRIPTS,
)
def test_each_shell_is_answered_in_its_own_form(run: Run, asked: dict[str, str]) -> None:
    done = run(env=asked)
    assert done.returncode == 0 and "search" in done.stdout and "reindex" not in done.stdout, done.stderr
